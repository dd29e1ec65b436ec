delete from workflows_claim where submission_id = %(key)s and attempt <= %(attempt)s
