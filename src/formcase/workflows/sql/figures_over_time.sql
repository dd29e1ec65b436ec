-- What came since the first bar's start, by the bar and by what has become of it; an index alone answers it.
select width_bucket(s.recorded_at, %(starts)s::timestamptz[]) as bar,
       case when s.state = 'imported' and s.filed_kind = 'error case' then 'error case'
            when s.state = 'filed' then 'waiting'
            else s.state end as outcome,
       count(*)
  from workflows_submissionrecord s
 where s.recorded_at >= %(first)s
 group by 1, 2
