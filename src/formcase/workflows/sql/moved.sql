-- Submissions that are known from another address of the form service: the same in every particular, and nobody else's.
update workflows_submissionrecord s
   set source = %(source)s
  from workflows_serviceworkflow w,
       unnest(%(submission_ids)s::text[], %(reference_ids)s::text[], %(form_ids)s::text[], %(times)s::timestamptz[])
           as listed (submission_id, reference_id, form_id, submitted_at)
 where w.id = s.workflow_id
   and (w.id = %(workflow)s or w.deleted_at is not null)
   and s.source <> %(source)s
   and s.submission_id = listed.submission_id
   and s.reference_id = listed.reference_id
   and s.form_id = listed.form_id
   and s.submitted_at = listed.submitted_at
   and not exists (
        select 1 from workflows_submissionrecord o where o.source = %(source)s and o.submission_id = s.submission_id
   )
returning s.id
