-- Authorization requests that were sent ahead (RFC 9126).
create table oauth_pushed_requests (
    -- SHA-256 of the request_uri.
    hash bytea not null primary key,
    realm text collate "C" not null,
    application_id text collate "C" not null,
    -- Names and values in their order, as JSON.
    pairs text collate "C" not null,
    pushed_at bigint not null,
    -- Taken by the rider's browser: once.
    taken_at bigint
);

create index oauth_pushed_requests_by_age on oauth_pushed_requests (pushed_at);

-- Proofs of possession that were accepted (RFC 9449 section 11.1): each works once.
create table oauth_dpop_proofs (
    -- SHA-256 of the key's thumbprint and the proof's jti.
    hash bytea not null primary key,
    expires_at bigint not null
);

create index oauth_dpop_proofs_by_age on oauth_dpop_proofs (expires_at);
