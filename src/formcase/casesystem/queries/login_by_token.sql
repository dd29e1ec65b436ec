select account.name, account.user_id, account.may_impersonate, account.secret, revision.value
  from casesystem_token token
  join casesystem_account account on account.name = token.account_id
  left join casesystem_revision revision on revision.id = 1
 where token.digest = %s and token.expires > %s
