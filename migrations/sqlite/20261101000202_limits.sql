-- Calls counted against a partner's daily quota: spent, or leased to a node that is spending them.
create table quota_days (
    partner_id text not null,
    -- Days since 1970-01-01, in Jakarta.
    day integer not null,
    used integer not null,
    -- Size of the newest lease.
    granted integer not null,
    primary key (partner_id, day)
) strict;

create index quota_days_by_day on quota_days (day);
