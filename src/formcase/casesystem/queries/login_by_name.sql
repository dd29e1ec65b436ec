select account.name, account.user_id, account.may_impersonate, account.secret, revision.value
  from casesystem_account account
  left join casesystem_revision revision on revision.id = 1
 where account.name = %s
