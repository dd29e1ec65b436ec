select system, database, timeline from workflows_databasehistory order by id desc limit 1
