-- POSTs that carried an Idempotency-Key, for 24 hours. Neither the key nor the caller's credential is
-- kept: the look-up is a hash of both, the answer is sealed with a key derived from both.
create table idempotent_requests (
    lookup bytea not null primary key,
    -- Of method, address and body, keyed like the seal: the body cannot be guessed from it.
    fingerprint bytea not null,
    -- Null while the request runs, and for ever if the server died in the middle.
    answer bytea,
    started_at bigint not null,
    expires_at bigint not null
);

create index idempotent_requests_by_expiry on idempotent_requests (expires_at);
