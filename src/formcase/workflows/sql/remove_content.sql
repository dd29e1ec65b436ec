-- Content whose time is over. What filing needs stays until it is done: of a try that runs, of a change set that was sent
-- without an answer, and a person's words that are to stand in an error case.
with due as (
    select s.id
      from workflows_submissionrecord s
     where s.workflow_id = %(workflow)s and s.data_key_id is not null
       and not s.attempt_open
       and (
            (
                s.ended_at < now() - least(make_interval(days => %(imported)s), make_interval(days => %(error_case)s))
                and (
                    (s.state = 'imported' and s.filed_kind = 'error case' and s.ended_at < now() - make_interval(days => %(error_case)s))
                    or (
                        s.state in ('imported', 'handled', 'withdrawn')
                        and not (s.state = 'imported' and coalesce(s.filed_kind, '') = 'error case')
                        and s.ended_at < now() - make_interval(days => %(imported)s)
                    )
                )
            )
            or (
                s.recorded_at < now() - make_interval(days => %(everything)s)
                and ((s.sent_at is null and s.to_error_case is null) or s.state in ('imported', 'handled', 'withdrawn'))
            )
       )
     order by s.id
     limit %(limit)s
       for no key update of s skip locked
)
update workflows_submissionrecord s
   set data_key_id = null, sealed_plan = null, sealed_reason = null, sealed_filed = null, sealed_error_case = null,
       sealed_to_error_case = null, content_removed_at = now(), intent = null, documents = '{}', sent_at = null,
       doubt_since = null
  from due
 where s.id = due.id
returning s.id
