-- In which order events are told: a number given once they are committed, since the order of
-- `sequence` is that of writing. Null: not told yet.
alter table events add column published integer;
-- Which of its journey's events it is, from 1.
alter table events add column journey_sequence integer;

create unique index events_by_published on events (published) where published is not null;
create index events_of_realm_published on events (realm, published) where published is not null;
create index events_unpublished on events (sequence) where published is null;
create index events_by_journey on events (realm, journey_id) where journey_id is not null;

-- The last number that was given; it never runs back, whatever is deleted.
create table event_publications (
    id integer not null primary key check (id = 1),
    last integer not null
) strict;

insert into event_publications (id, last) values (1, 0);

-- Where partners want to be told.
create table webhook_endpoints (
    id text not null primary key,
    realm text not null,
    partner_id text not null,
    url text not null,
    description text not null,
    -- Names with commas between.
    events text not null,
    status text not null check (status in ('active', 'paused', 'disabled')),
    -- Why the server disabled it: failing, gone.
    disabled_reason text,
    -- Events about riders by the consent given to this application alone; null: to any of the partner's.
    application_id text,
    -- Sealed: the signing secret, and those that are valid still.
    secrets blob not null,
    -- Until when an old secret signs too.
    overlap_until integer,
    created_at integer not null,
    changed_at integer not null,
    -- How its receiver does.
    failing_since integer,
    warnings integer not null default 0,
    breaker_failures integer not null default 0,
    breaker_until integer,
    breaker_wait_s integer,
    breaker_probing integer not null default 0,
    last_success_at integer,
    last_failure_at integer
) strict;

create index webhook_endpoints_by_partner on webhook_endpoints (partner_id, id);
create index webhook_endpoints_by_realm on webhook_endpoints (realm, status);

-- Bodies as first written, without signature. One serves all endpoints of an audience: all (''), or
-- the application by whose consent a rider's event is told.
create table webhook_messages (
    event_id text not null,
    audience text not null,
    realm text not null,
    body text not null,
    created_at integer not null,
    primary key (event_id, audience)
) strict;

create index webhook_messages_by_realm on webhook_messages (realm, created_at);

-- One event on its way to one endpoint.
create table webhook_deliveries (
    id text not null primary key,
    realm text not null,
    partner_id text not null,
    endpoint_id text not null,
    event_id text not null,
    audience text not null,
    kind text not null,
    -- Whom it is about: a consent that is withdrawn takes it back.
    rider_id text,
    status text not null check (status in ('pending', 'delivered', 'exhausted', 'gone', 'cancelled')),
    test integer not null,
    replay_of text,
    attempts integer not null default 0,
    -- While pending: not before.
    next_attempt_at integer,
    -- Who has it in hand, and until when.
    lease text,
    lease_until integer,
    last_status integer,
    created_at integer not null,
    ended_at integer
) strict;

create index webhook_deliveries_by_endpoint on webhook_deliveries (endpoint_id, id);
create index webhook_deliveries_by_partner on webhook_deliveries (realm, partner_id, id);
create index webhook_deliveries_by_event on webhook_deliveries (event_id);
create index webhook_deliveries_due on webhook_deliveries (endpoint_id, next_attempt_at) where status = 'pending';
create index webhook_deliveries_of_rider on webhook_deliveries (rider_id, audience) where status = 'pending';
create index webhook_deliveries_by_age on webhook_deliveries (realm, created_at);

-- One HTTP request of a delivery.
create table webhook_attempts (
    delivery_id text not null,
    number integer not null,
    at integer not null,
    -- JSON: names and values as sent.
    request_headers text not null,
    -- Value of the body's own `signature`: with the message it gives back the bytes that were sent.
    signature text not null,
    -- The address that was connected to.
    address text,
    -- Null: no answer.
    status integer,
    response_headers text,
    -- The first 16 KiB.
    response_body blob,
    response_truncated integer not null,
    -- Why there was no answer: a word of a closed list.
    error text,
    -- Microseconds; null: not reached.
    dns_us integer,
    connect_us integer,
    tls_us integer,
    first_byte_us integer,
    total_us integer not null,
    primary key (delivery_id, number)
) strict;
