-- How many submissions became what on each day. begins, ends: of each day, where the reader is. form: of this form
-- alone; empty for all. One that is told to be blocked several times a day counts once that day. Day by day, so that the
-- index alone is read and no time of an entry is turned into a day.
select given.day, counted.submitted, counted.delivered, stayed.blocked, counted.imported
  from unnest(%(begins)s::timestamptz[], %(ends)s::timestamptz[]) with ordinality as given(begun, ended, day)
 cross join lateral (
    select count(*) filter (where entry.status = 'Submitted') as submitted,
           count(*) filter (where entry.status = 'Delivered') as delivered,
           count(*) filter (where entry.status = 'Imported') as imported
      from formservice_statusentry entry
     where entry.recorded_at >= given.begun and entry.recorded_at < given.ended
       and (%(form)s = '' or entry.submission_id in (
            select id from formservice_submission where form_id = %(form)s))
 ) as counted
 cross join lateral (
    select count(distinct entry.submission_id) as blocked
      from formservice_statusentry entry
     where entry.recorded_at >= given.begun and entry.recorded_at < given.ended
       and entry.status = 'TemporaryBlocked'
       and (%(form)s = '' or entry.submission_id in (
            select id from formservice_submission where form_id = %(form)s))
 ) as stayed
