-- Who did what. Append only: each row's hash covers the row before it, so a change shows.
create table audit_log (
    sequence integer primary key not null,
    id text not null unique,
    at integer not null,
    actor text not null,
    action text not null,
    subject text not null,
    detail text not null,
    request_id text,
    hash blob not null
) strict;

create index audit_log_by_subject on audit_log (subject, sequence);
