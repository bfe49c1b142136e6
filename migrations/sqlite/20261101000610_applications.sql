-- Partners' OAuth clients of this environment. A change of an approved live one is kept beside it until an
-- operator has looked at it.
create table applications (
    id text not null primary key,
    realm text not null,
    partner_id text not null,
    client_type text not null check (client_type in ('public', 'confidential')),
    status text not null check (status in ('in_review', 'approved', 'rejected', 'disabled')),
    status_reason text,
    status_since integer not null,
    -- JSON: name, description, homepage, redirect URIs, scopes with their reasons.
    registration text not null,
    proposed text,
    -- Hashes of pictures in application_logos; proposed_logo belongs to proposed.
    logo text,
    proposed_logo text,
    auto_consent integer not null,
    -- Made by the portal itself: for the playground, for the try-it console.
    purpose text check (purpose in ('playground', 'console')),
    created_at integer not null,
    changed_at integer not null,
    deleted_at integer
) strict;

create index applications_by_partner on applications (partner_id, id);
create unique index applications_by_purpose on applications (partner_id, purpose)
    where purpose is not null and deleted_at is null;

-- Of a client secret only its hash is kept, and what may be shown.
create table application_secrets (
    application_id text not null,
    number integer not null,
    hash blob not null,
    last4 text not null,
    created_at integer not null,
    -- Null: the current one.
    valid_until integer,
    primary key (application_id, number)
) strict;

create table application_logos (
    application_id text not null,
    -- SHA-256 of the bytes, in hex.
    hash text not null,
    media_type text not null,
    bytes blob not null,
    primary key (application_id, hash)
) strict;
