-- Partners' OAuth clients of this environment. A change of an approved live one is kept beside it until an
-- operator has looked at it.
create table applications (
    id text collate "C" not null primary key,
    realm text collate "C" not null,
    partner_id text collate "C" not null,
    client_type text not null check (client_type in ('public', 'confidential')),
    status text not null check (status in ('in_review', 'approved', 'rejected', 'disabled')),
    status_reason text,
    status_since bigint not null,
    -- JSON: name, description, homepage, redirect URIs, scopes with their reasons.
    registration text not null,
    proposed text,
    -- Hashes of pictures in application_logos; proposed_logo belongs to proposed.
    logo text,
    proposed_logo text,
    auto_consent bigint not null,
    -- Made by the portal itself: for the playground, for the try-it console.
    purpose text check (purpose in ('playground', 'console')),
    created_at bigint not null,
    changed_at bigint not null,
    deleted_at bigint
);

create index applications_by_partner on applications (partner_id, id);
create unique index applications_by_purpose on applications (partner_id, purpose)
    where purpose is not null and deleted_at is null;

-- Of a client secret only its hash is kept, and what may be shown.
create table application_secrets (
    application_id text collate "C" not null,
    number bigint not null,
    hash bytea not null,
    last4 text not null,
    created_at bigint not null,
    -- Null: the current one.
    valid_until bigint,
    primary key (application_id, number)
);

create table application_logos (
    application_id text collate "C" not null,
    -- SHA-256 of the bytes, in hex.
    hash text collate "C" not null,
    media_type text not null,
    bytes bytea not null,
    primary key (application_id, hash)
);
