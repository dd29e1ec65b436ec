-- Begin an attempt: raise the fence. No row where there is nothing to do now.
with before as (
    select s.id, s.attempt_open
      from workflows_submissionrecord s
      join workflows_serviceworkflow w on w.id = s.workflow_id
     where s.id = %(key)s
       and s.state not in ('imported', 'withdrawn', 'handled')
       and w.enabled
       and w.deleted_at is null
       and (w.blocked_since is null or w.probe_submission = s.id or s.filed is not null)
       for no key update of s
), begun as (
    update workflows_submissionrecord s
       set attempt = s.attempt + 1, attempt_open = true, attempt_started_at = now(), due_at = null
      from before
     where s.id = before.id
    returning s.*, before.attempt_open as taken_over
)
select begun.id, begun.source, begun.submission_id, begun.reference_id, begun.form_id, begun.state, begun.attempt,
       begun.taken_over, begun.delivered_at, begun.intent, begun.documents, begun.sent_at, begun.doubt_since,
       begun.filed, begun.error_case, begun.to_error_case, begun.tries, begun.unreadable_tries, begun.passing_since,
       begun.blocked_reported, begun.blocked_since, begun.recorded_at, begun.look_first, w.version as workflow_version,
       w.id as workflow_id, w.executing_user, w.error_case_group, w.error_access_code, w.language, w.watch_interval,
       w.block_after, w.settle, w.mapping_id, w.transform_id, w.keep_imported_days, w.keep_error_case_days,
       w.keep_content_days, begun.data_key_id, case when begun.intent is not null then begun.sealed_plan end as sealed_plan,
       begun.sealed_filed, begun.sealed_error_case, begun.sealed_to_error_case,
       case when begun.owns_reference then null else (
           select o.submission_id from workflows_submissionrecord o
            where o.reference_id = begun.reference_id and o.owns_reference and o.id <> begun.id
       ) end as reference_owner,
       coalesce((select k.answers_repeatability from workflows_knowncasesystem k where k.url = %(case_system)s), false)
           as repeatability_seen,
       (select h.begun_at from workflows_databasehistory h order by h.id desc limit 1) as history_begun_at
  from begun
  join workflows_serviceworkflow w on w.id = begun.workflow_id
