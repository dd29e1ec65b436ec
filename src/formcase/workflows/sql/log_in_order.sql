-- The conditions are those of one index, which has the rows in this order.
select e.at, e.id
  from workflows_logentry e
 where {conditions}
 order by e.at {direction}, e.id {direction}
 limit %(rows)s
