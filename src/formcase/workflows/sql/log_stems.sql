select word, coalesce(ts_lexize('danish_stem', word), '{}') || coalesce(ts_lexize('english_stem', word), '{}')
  from unnest(%(words)s::text[]) as word
