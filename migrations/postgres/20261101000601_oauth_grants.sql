-- What riders allowed applications. One that was withdrawn stays withdrawn: who agrees again gets
-- another, so that no old token comes back to life.
create table oauth_grants (
    id text collate "C" not null primary key,
    realm text collate "C" not null,
    partner_id text collate "C" not null,
    application_id text collate "C" not null,
    rider_id text collate "C" not null,
    -- As RFC 6749 writes them, with spaces between.
    scopes text collate "C" not null,
    created_at bigint not null,
    changed_at bigint not null,
    -- Since when the journeys are among them: events before that are not told.
    journey_since bigint,
    withdrawn_at bigint
);

create unique index oauth_grants_live on oauth_grants (application_id, rider_id) where withdrawn_at is null;
create index oauth_grants_by_rider on oauth_grants (realm, rider_id, id);

-- Every read of a rider's data by an application, for the rider to see.
create table access_log (
    sequence bigint generated always as identity primary key,
    realm text collate "C" not null,
    rider_id text collate "C" not null,
    partner_id text collate "C" not null,
    application_id text collate "C" not null,
    grant_id text collate "C" not null,
    -- Operation id of the public API.
    operation text collate "C" not null,
    scope text collate "C" not null,
    -- How many things of the rider were in the answer.
    records bigint not null,
    at bigint not null,
    ip text collate "C" not null
);

create index access_log_by_rider on access_log (realm, rider_id, sequence);
create index access_log_by_age on access_log (at);
