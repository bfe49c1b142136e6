-- What riders allowed applications. One that was withdrawn stays withdrawn: who agrees again gets
-- another, so that no old token comes back to life.
create table oauth_grants (
    id text not null primary key,
    realm text not null,
    partner_id text not null,
    application_id text not null,
    rider_id text not null,
    -- As RFC 6749 writes them, with spaces between.
    scopes text not null,
    created_at integer not null,
    changed_at integer not null,
    -- Since when the journeys are among them: events before that are not told.
    journey_since integer,
    withdrawn_at integer
) strict;

create unique index oauth_grants_live on oauth_grants (application_id, rider_id) where withdrawn_at is null;
create index oauth_grants_by_rider on oauth_grants (realm, rider_id, id);

-- Every read of a rider's data by an application, for the rider to see.
create table access_log (
    sequence integer primary key autoincrement,
    realm text not null,
    rider_id text not null,
    partner_id text not null,
    application_id text not null,
    grant_id text not null,
    -- Operation id of the public API.
    operation text not null,
    scope text not null,
    -- How many things of the rider were in the answer.
    records integer not null,
    at integer not null,
    ip text not null
) strict;

create index access_log_by_rider on access_log (realm, rider_id, sequence);
create index access_log_by_age on access_log (at);
