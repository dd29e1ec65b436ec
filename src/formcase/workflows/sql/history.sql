-- Which history of the database this is. timeline: none on a server that only follows another one.
select (select system_identifier from pg_control_system()) as system,
       (select oid::bigint from pg_database where datname = current_database()) as database,
       case when not pg_is_in_recovery()
            then ('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::bigint
       end as timeline
