-- Events, written in the transaction of the fact that they report. The key makes one fact one event.
create table events (
    sequence integer primary key autoincrement,
    id text not null unique,
    realm text not null,
    kind text not null,
    fact text not null,
    -- Whom it is about, if it is about a rider: decides which partners may have it.
    rider_id text,
    journey_id text,
    station_id text,
    occurred_at integer not null,
    recorded_at integer not null,
    -- The event's `data` member, as JSON.
    data text not null,
    unique (realm, kind, fact)
) strict;

create index events_by_realm on events (realm, sequence);

-- Fraud findings, one per rule and the tap that showed it. A late tap may take one back.
create table fraud_findings (
    realm text not null,
    id text not null,
    rule text not null,
    score integer not null check (score between 0 and 100),
    -- JSON: why, with the figures; and the taps, each as gate and sequence.
    reasons text not null,
    taps text not null,
    payer text not null,
    media_id text not null,
    station_id text not null,
    gate_id text not null,
    sequence integer not null,
    occurred_at integer not null,
    recorded_at integer not null,
    withdrawn_at integer,
    primary key (realm, id),
    unique (realm, rule, gate_id, sequence)
) strict;

create index fraud_findings_by_time on fraud_findings (realm, occurred_at);
create index fraud_findings_by_payer on fraud_findings (realm, payer, occurred_at);
