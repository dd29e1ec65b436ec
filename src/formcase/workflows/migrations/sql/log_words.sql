-- What a line of the log is found by: its words, and their stems in the languages that people search in.
CREATE FUNCTION workflows_log_words(words text[]) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_to_tsvector(ARRAY(
        SELECT word FROM unnest(words) AS word WHERE word <> ''
        UNION SELECT unnest(ts_lexize('pg_catalog.danish_stem', word)) FROM unnest(words) AS word
        UNION SELECT unnest(ts_lexize('pg_catalog.english_stem', word)) FROM unnest(words) AS word
    ))
$$;
