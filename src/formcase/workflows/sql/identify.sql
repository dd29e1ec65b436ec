-- What the form service says at last of a submission that its listing said nothing of.
update workflows_submissionrecord
   set reference_id = %(reference_id)s, owns_reference = %(owns_reference)s, form_id = %(form_id)s,
       form_title = %(form_title)s, form_version = %(form_version)s, submitted_at = %(submitted_at)s
 where id = %(key)s
