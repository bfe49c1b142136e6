-- Metered calls. Each node writes rows of its own. Calls without a key have empty ids.
-- class: 0 refused at the door, 2 fine, 4 the caller's fault, 5 ours.
-- latencies: histogram of microseconds, two significant digits.
create table usage_minutes (
    -- Minutes since 1970.
    minute integer not null,
    node text not null,
    partner_id text not null,
    key_id text not null,
    operation text not null,
    class integer not null,
    calls integer not null,
    sum_us integer not null,
    latencies blob not null,
    primary key (minute, node, key_id, operation, class)
) strict;

-- The same, per day in Jakarta (days since 1970-01-01).
create table usage_days (
    partner_id text not null,
    day integer not null,
    key_id text not null,
    operation text not null,
    class integer not null,
    node text not null,
    calls integer not null,
    sum_us integer not null,
    latencies blob not null,
    primary key (partner_id, day, key_id, operation, class, node)
) strict;

create index usage_days_by_day on usage_days (day, partner_id);

-- The same, over all callers.
create table usage_totals (
    day integer not null,
    operation text not null,
    class integer not null,
    node text not null,
    calls integer not null,
    sum_us integer not null,
    latencies blob not null,
    primary key (day, operation, class, node)
) strict;

-- The newest batch of each node that is in the tables, so that one sent twice counts once.
create table usage_flushes (
    node text not null primary key,
    sequence integer not null,
    at integer not null
) strict;
