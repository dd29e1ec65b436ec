"""How people find things: words, filters, sorting and paging, on top of the very rules that OData answers obey."""
