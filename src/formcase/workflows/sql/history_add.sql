insert into workflows_databasehistory (system, database, timeline, begun_at)
values (%(system)s, %(database)s, %(timeline)s, %(begun_at)s)
