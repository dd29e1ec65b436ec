-- Reference IDs at the case system that neither the journal nor a form service of this comparison has.
select t.reference_id, string_agg(t.case_number, ', ' order by t.case_number) as cases
  from seen_target t
 where t.reference_id > %(after)s
   and not exists (select 1 from workflows_submissionrecord r where r.reference_id = t.reference_id)
   and not exists (select 1 from seen_anywhere s where s.reference_id = t.reference_id)
   and not exists (select 1 from workflows_foreignreference a where a.reference_id = t.reference_id)
 group by t.reference_id
 order by t.reference_id
 limit %(limit)s
