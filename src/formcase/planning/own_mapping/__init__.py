"""A service workflow's own mapping: rules that make the mapping page for forms that have none.

From the page on everything is as for a form with a page of its own, so there is one way to plan. Where the rules come
from, which of their versions is in force and who may change them is not known here.
"""
