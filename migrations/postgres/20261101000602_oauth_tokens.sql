-- Codes and tokens: of each its SHA-256 and nothing else. Times are the realm's.
create table oauth_codes (
    hash bytea not null primary key,
    grant_id text collate "C" not null,
    realm text collate "C" not null,
    application_id text collate "C" not null,
    rider_id text collate "C" not null,
    scopes text collate "C" not null,
    redirect_uri text collate "C" not null,
    challenge text collate "C" not null,
    -- Thumbprint of the key that the code is bound to (RFC 9449).
    dpop_jkt text collate "C",
    issued_at bigint not null,
    used_at bigint,
    -- What it was exchanged for.
    family_id text collate "C"
);

create index oauth_codes_by_age on oauth_codes (issued_at);

-- The refresh tokens that follow from one code: only the last is good.
create table oauth_families (
    id text collate "C" not null primary key,
    grant_id text collate "C" not null,
    realm text collate "C" not null,
    application_id text collate "C" not null,
    rider_id text collate "C" not null,
    scopes text collate "C" not null,
    begun_at bigint not null,
    expires_at bigint not null,
    current_hash bytea not null,
    -- The access token given out with the current one was used.
    access_used bigint not null,
    -- What the current one was given for, and when that was first exchanged.
    previous_hash bytea,
    rotated_at bigint,
    ended text collate "C" check (ended in ('replayed', 'revoked', 'withdrawn')),
    ended_at bigint,
    -- Key that the refresh tokens of a public client are bound to.
    dpop_jkt text collate "C"
);

create index oauth_families_by_grant on oauth_families (grant_id);
create index oauth_families_by_application on oauth_families (application_id);
create index oauth_families_by_age on oauth_families (expires_at);

create table oauth_refresh_tokens (
    hash bytea not null primary key,
    family_id text collate "C" not null
);

create index oauth_refresh_tokens_by_family on oauth_refresh_tokens (family_id);

create table oauth_access_tokens (
    hash bytea not null primary key,
    family_id text collate "C" not null,
    -- Given out with this one.
    refresh_hash bytea not null,
    scopes text collate "C" not null,
    issued_at bigint not null,
    expires_at bigint not null,
    ended_at bigint,
    dpop_jkt text collate "C"
);

create index oauth_access_tokens_by_family on oauth_access_tokens (family_id);
create index oauth_access_tokens_by_age on oauth_access_tokens (expires_at);
