-- Codes and tokens: of each its SHA-256 and nothing else. Times are the realm's.
create table oauth_codes (
    hash blob not null primary key,
    grant_id text not null,
    realm text not null,
    application_id text not null,
    rider_id text not null,
    scopes text not null,
    redirect_uri text not null,
    challenge text not null,
    -- Thumbprint of the key that the code is bound to (RFC 9449).
    dpop_jkt text,
    issued_at integer not null,
    used_at integer,
    -- What it was exchanged for.
    family_id text
) strict;

create index oauth_codes_by_age on oauth_codes (issued_at);

-- The refresh tokens that follow from one code: only the last is good.
create table oauth_families (
    id text not null primary key,
    grant_id text not null,
    realm text not null,
    application_id text not null,
    rider_id text not null,
    scopes text not null,
    begun_at integer not null,
    expires_at integer not null,
    current_hash blob not null,
    -- The access token given out with the current one was used.
    access_used integer not null,
    -- What the current one was given for, and when that was first exchanged.
    previous_hash blob,
    rotated_at integer,
    ended text check (ended in ('replayed', 'revoked', 'withdrawn')),
    ended_at integer,
    -- Key that the refresh tokens of a public client are bound to.
    dpop_jkt text
) strict;

create index oauth_families_by_grant on oauth_families (grant_id);
create index oauth_families_by_application on oauth_families (application_id);
create index oauth_families_by_age on oauth_families (expires_at);

create table oauth_refresh_tokens (
    hash blob not null primary key,
    family_id text not null
) strict;

create index oauth_refresh_tokens_by_family on oauth_refresh_tokens (family_id);

create table oauth_access_tokens (
    hash blob not null primary key,
    family_id text not null,
    -- Given out with this one.
    refresh_hash blob not null,
    scopes text not null,
    issued_at integer not null,
    expires_at integer not null,
    ended_at integer,
    dpop_jkt text
) strict;

create index oauth_access_tokens_by_family on oauth_access_tokens (family_id);
create index oauth_access_tokens_by_age on oauth_access_tokens (expires_at);
