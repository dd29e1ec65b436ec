-- Whether other submissions of the workflow were filed since this one was first blocked: then it is not the setup.
select exists (
    select 1
      from workflows_submissionrecord s
      join workflows_submissionrecord o on o.workflow_id = s.workflow_id and o.filed_at > s.blocked_since
     where s.id = %(key)s and o.id <> s.id
) as others_filed
