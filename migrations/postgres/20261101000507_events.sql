-- Events, written in the transaction of the fact that they report. The key makes one fact one event.
create table events (
    sequence bigint generated always as identity primary key,
    id text collate "C" not null unique,
    realm text collate "C" not null,
    kind text collate "C" not null,
    fact text collate "C" not null,
    -- Whom it is about, if it is about a rider: decides which partners may have it.
    rider_id text collate "C",
    journey_id text collate "C",
    station_id text collate "C",
    occurred_at bigint not null,
    recorded_at bigint not null,
    -- The event's `data` member, as JSON.
    data text not null,
    unique (realm, kind, fact)
);

create index events_by_realm on events (realm, sequence);

-- Fraud findings, one per rule and the tap that showed it. A late tap may take one back.
create table fraud_findings (
    realm text collate "C" not null,
    id text collate "C" not null,
    rule text collate "C" not null,
    score bigint not null check (score between 0 and 100),
    -- JSON: why, with the figures; and the taps, each as gate and sequence.
    reasons text not null,
    taps text not null,
    payer text collate "C" not null,
    media_id text collate "C" not null,
    station_id text collate "C" not null,
    gate_id text collate "C" not null,
    sequence bigint not null,
    occurred_at bigint not null,
    recorded_at bigint not null,
    withdrawn_at bigint,
    primary key (realm, id),
    unique (realm, rule, gate_id, sequence)
);

create index fraud_findings_by_time on fraud_findings (realm, occurred_at);
create index fraud_findings_by_payer on fraud_findings (realm, payer, occurred_at);
