-- Authorization requests that were sent ahead (RFC 9126).
create table oauth_pushed_requests (
    -- SHA-256 of the request_uri.
    hash blob not null primary key,
    realm text not null,
    application_id text not null,
    -- Names and values in their order, as JSON.
    pairs text not null,
    pushed_at integer not null,
    -- Taken by the rider's browser: once.
    taken_at integer
) strict;

create index oauth_pushed_requests_by_age on oauth_pushed_requests (pushed_at);

-- Proofs of possession that were accepted (RFC 9449 section 11.1): each works once.
create table oauth_dpop_proofs (
    -- SHA-256 of the key's thumbprint and the proof's jti.
    hash blob not null primary key,
    expires_at integer not null
) strict;

create index oauth_dpop_proofs_by_age on oauth_dpop_proofs (expires_at);
