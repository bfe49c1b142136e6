-- Metered calls. Each node writes rows of its own. Calls without a key have empty ids.
-- class: 0 refused at the door, 2 fine, 4 the caller's fault, 5 ours.
-- latencies: histogram of microseconds, two significant digits.
create table usage_minutes (
    -- Minutes since 1970.
    minute bigint not null,
    node text not null,
    partner_id text collate "C" not null,
    key_id text collate "C" not null,
    operation text not null,
    class bigint not null,
    calls bigint not null,
    sum_us bigint not null,
    latencies bytea not null,
    primary key (minute, node, key_id, operation, class)
);

-- The same, per day in Jakarta (days since 1970-01-01).
create table usage_days (
    partner_id text collate "C" not null,
    day bigint not null,
    key_id text collate "C" not null,
    operation text not null,
    class bigint not null,
    node text not null,
    calls bigint not null,
    sum_us bigint not null,
    latencies bytea not null,
    primary key (partner_id, day, key_id, operation, class, node)
);

create index usage_days_by_day on usage_days (day, partner_id);

-- The same, over all callers.
create table usage_totals (
    day bigint not null,
    operation text not null,
    class bigint not null,
    node text not null,
    calls bigint not null,
    sum_us bigint not null,
    latencies bytea not null,
    primary key (day, operation, class, node)
);

-- The newest batch of each node that is in the tables, so that one sent twice counts once.
create table usage_flushes (
    node text not null primary key,
    sequence bigint not null,
    at bigint not null
);
