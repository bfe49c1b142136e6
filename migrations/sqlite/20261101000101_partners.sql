-- The organisations that use the API.
create table partners (
    id text not null primary key,
    name text not null,
    legal_name text not null,
    description text not null,
    status text not null,
    status_reason text,
    status_since integer not null,
    tier text not null,
    -- Agreed by contract; null: the tier's own.
    quota_per_day integer,
    burst_per_minute integer,
    is_demo integer not null,
    created_at integer not null
) strict;

create index partners_by_status on partners (status, id);
