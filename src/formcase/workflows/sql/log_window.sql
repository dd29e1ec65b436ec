-- All rows are found before the newest of them are taken: what is read is bounded by the window, or by the index that
-- knows these rows, whatever the planner believes about how soon enough of them would turn up.
with found as materialized (
    select e.at, e.id
      from workflows_logentry e
     where {conditions}
)
select at, id from found order by at {direction}, id {direction} limit %(rows)s
