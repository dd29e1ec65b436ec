"""The next version of Formcase, as far as workers of this one meet it: what its migrations do to the tables, and jobs
that this version does not know."""
