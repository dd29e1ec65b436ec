-- How many submissions have content whose time is over; as in remove_content.
select count(*)
  from workflows_submissionrecord s
 where s.workflow_id = %(workflow)s and s.data_key_id is not null
   and (
        (s.state = 'imported' and s.filed_kind = 'error case' and s.ended_at < now() - make_interval(days => %(error_case)s))
        or (
            s.state in ('imported', 'handled', 'withdrawn')
            and not (s.state = 'imported' and coalesce(s.filed_kind, '') = 'error case')
            and s.ended_at < now() - make_interval(days => %(imported)s)
        )
        or s.recorded_at < now() - make_interval(days => %(everything)s)
   )
