-- An error case that was filed again, which the journal did not know: it stands as it would.
update workflows_submissionrecord
   set error_case = filed, sealed_error_case = sealed_filed, filed = %(filed)s, sealed_filed = null, filed_at = now()
 where id = %(key)s and state = 'imported' and filed_kind = 'error case' and error_case is null and not attempt_open
returning id
