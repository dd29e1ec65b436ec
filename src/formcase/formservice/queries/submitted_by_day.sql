-- How many submissions of each day are where now. begins, ends, form: as in `became_by_day.sql`.
select given.day, counted.submitted, counted.delivered, counted.blocked, counted.imported
  from unnest(%(begins)s::timestamptz[], %(ends)s::timestamptz[]) with ordinality as given(begun, ended, day)
 cross join lateral (
    select count(*) filter (where submission.status = 'Submitted') as submitted,
           count(*) filter (where submission.status = 'Delivered') as delivered,
           count(*) filter (where submission.status = 'TemporaryBlocked') as blocked,
           count(*) filter (where submission.status = 'Imported') as imported
      from formservice_submission submission
     where submission.submitted_at >= given.begun and submission.submitted_at < given.ended
       and (%(form)s = '' or submission.form_id = %(form)s)
 ) as counted
