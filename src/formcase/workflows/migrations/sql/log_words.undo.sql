DROP FUNCTION workflows_log_words(text[]);
