-- What both ends say, for as long as one comparison takes: the process itself holds a page at a time.
create temporary table if not exists seen_source (
    submission_id text primary key,
    reference_id text,
    form_id text not null,
    status text not null,
    submitted_at timestamptz
);
create temporary table if not exists seen_target (
    reference_id text not null,
    case_id text not null,
    case_number text not null,
    primary key (reference_id, case_id)
);
create temporary table if not exists seen_anywhere (reference_id text primary key);
create temporary table if not exists candidate (
    number bigint generated always as identity primary key,
    submission_id text not null,
    reference_id text,
    key bigint
);
