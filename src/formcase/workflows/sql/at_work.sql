-- Whether any worker has given a sign of life lately.
select exists (select 1 from procrastinate_workers where last_heartbeat > now() - make_interval(secs => %(seen_within)s))
