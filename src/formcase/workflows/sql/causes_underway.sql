-- How many error cases are being filed again, by cause. Few submissions are open at any time.
select e.cause_id, count(*)
  from workflows_submissionrecord s
  join workflows_errorcause e on e.submission_id = s.id and e.mended_at is null
 where s.state not in ('imported', 'withdrawn', 'handled')
   and s.error_case is not null
 group by e.cause_id
