-- Django's cache in the database: the counts of failed sign-ins, for all processes together. Unlogged, because nothing
-- is lost that a restart would not be allowed to lose.
CREATE UNLOGGED TABLE accounts_cache (
    cache_key varchar(255) PRIMARY KEY,
    value text NOT NULL,
    expires timestamp with time zone NOT NULL
);
CREATE INDEX accounts_cache_expires ON accounts_cache (expires);
