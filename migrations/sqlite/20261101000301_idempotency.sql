-- POSTs that carried an Idempotency-Key, for 24 hours. Neither the key nor the caller's credential is
-- kept: the look-up is a hash of both, the answer is sealed with a key derived from both.
create table idempotent_requests (
    lookup blob not null primary key,
    -- Of method, address and body, keyed like the seal: the body cannot be guessed from it.
    fingerprint blob not null,
    -- Null while the request runs, and for ever if the server died in the middle.
    answer blob,
    started_at integer not null,
    expires_at integer not null
) strict;

create index idempotent_requests_by_expiry on idempotent_requests (expires_at);
