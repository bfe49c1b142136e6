-- The organisations that use the API.
create table partners (
    id text collate "C" not null primary key,
    name text not null,
    legal_name text not null,
    description text not null,
    status text not null,
    status_reason text,
    status_since bigint not null,
    tier text not null,
    -- Agreed by contract; null: the tier's own.
    quota_per_day bigint,
    burst_per_minute bigint,
    is_demo bigint not null,
    created_at bigint not null
);

create index partners_by_status on partners (status, id);
