-- How many submissions of each day are where now. starts, form: as in `became_by_day.sql`.
select starts.day, counted.submitted, counted.delivered, counted.blocked, counted.imported
  from (
    select day, begun, lead(begun) over (order by day) as ended
      from unnest(%(starts)s::timestamptz[]) with ordinality as given(begun, day)
  ) as starts
 cross join lateral (
    select count(*) filter (where submission.status = 'Submitted') as submitted,
           count(*) filter (where submission.status = 'Delivered') as delivered,
           count(*) filter (where submission.status = 'TemporaryBlocked') as blocked,
           count(*) filter (where submission.status = 'Imported') as imported
      from formservice_submission submission
     where submission.submitted_at >= starts.begun and submission.submitted_at < starts.ended
       and (%(form)s = '' or submission.form_id = %(form)s)
 ) as counted
 where starts.ended is not null
