-- One worker at a time notes a new history; held until the transaction ends.
select pg_advisory_xact_lock(7361002)
