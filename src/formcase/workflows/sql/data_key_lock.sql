-- One at a time makes a data key, or wraps them anew.
select pg_advisory_xact_lock(7361002)
