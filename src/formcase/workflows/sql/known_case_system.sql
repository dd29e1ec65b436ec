insert into workflows_knowncasesystem (url, answers_repeatability) values (%(case_system)s, true)
on conflict (url) do update set answers_repeatability = true
