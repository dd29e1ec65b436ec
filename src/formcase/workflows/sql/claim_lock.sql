-- One at a time for each name, in one order for all, until this transaction ends.
select pg_advisory_xact_lock(hashtextextended(name, 7))
  from (select unnest(%(names)s::text[]) as name order by 1) as wanted
