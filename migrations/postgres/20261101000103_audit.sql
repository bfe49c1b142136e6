-- Who did what. Append only: each row's hash covers the row before it, so a change shows.
create table audit_log (
    sequence bigint primary key not null,
    id text collate "C" not null unique,
    at bigint not null,
    actor text not null,
    action text not null,
    subject text not null,
    detail text not null,
    request_id text,
    hash bytea not null
);

create index audit_log_by_subject on audit_log (subject, sequence);
