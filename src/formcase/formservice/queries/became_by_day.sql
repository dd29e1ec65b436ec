-- How many submissions became what on each day. starts: when each day begins where the reader is, and when the last one
-- ends · form: of this form alone; empty for all. One that is told to be blocked several times a day counts once that
-- day. Day by day, so that the index alone is read and no time of an entry is turned into a day.
select starts.day, counted.submitted, counted.delivered, stayed.blocked, counted.imported
  from (
    select day, begun, lead(begun) over (order by day) as ended
      from unnest(%(starts)s::timestamptz[]) with ordinality as given(begun, day)
  ) as starts
 cross join lateral (
    select count(*) filter (where entry.status = 'Submitted') as submitted,
           count(*) filter (where entry.status = 'Delivered') as delivered,
           count(*) filter (where entry.status = 'Imported') as imported
      from formservice_statusentry entry
     where entry.recorded_at >= starts.begun and entry.recorded_at < starts.ended
       and (%(form)s = '' or entry.submission_id in (
            select id from formservice_submission where form_id = %(form)s))
 ) as counted
 cross join lateral (
    select count(distinct entry.submission_id) as blocked
      from formservice_statusentry entry
     where entry.recorded_at >= starts.begun and entry.recorded_at < starts.ended
       and entry.status = 'TemporaryBlocked'
       and (%(form)s = '' or entry.submission_id in (
            select id from formservice_submission where form_id = %(form)s))
 ) as stayed
 where starts.ended is not null
