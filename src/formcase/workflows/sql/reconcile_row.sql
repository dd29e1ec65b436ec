-- What the journal says of one submission now. settled: its last step lies a while back, and nothing runs or is in doubt.
select s.id, s.state, s.reference_id, s.form_id, s.owns_reference, s.filed, s.error_case, s.filed_kind,
       not s.attempt_open and s.sent_at is null
           and greatest(s.recorded_at, s.filed_at, s.reported_at, s.ended_at, s.attempt_started_at)
               < now() - make_interval(secs => %(grace)s) as settled,
       coalesce(s.ended_at > now() - make_interval(days => %(kept_days)s), true) as recent,
       s.filed_at > now() - make_interval(days => %(window_days)s) or %(whole)s as in_window,
       array(select f.number from workflows_filedcase f where f.submission_id = s.id) as numbers
  from workflows_submissionrecord s
 where s.source = %(source)s and s.submission_id = %(submission_id)s
