-- People who sign in to the portal. An account exists once its address is verified: until then
-- anybody may have typed that address, so only verified rows have to be unique.
create table users (
    id text collate "C" not null primary key,
    email text not null,
    email_folded text not null,
    name text not null,
    password_hash text not null,
    partner_id text collate "C" references partners (id),
    member_role text,
    operator_role text,
    -- Sealed under the master key; pending until a first code proves that it was set up.
    totp_secret bytea,
    totp_pending bytea,
    -- The newest time step whose code was used; no code is good twice.
    totp_step_last bigint not null,
    created_at bigint not null,
    verified_at bigint,
    -- Removed or disabled: signs in no more, the address is free again.
    closed_at bigint
);

create unique index users_by_address on users (email_folded) where verified_at is not null and closed_at is null;
create index users_by_claim on users (email_folded, id);
create index users_by_partner on users (partner_id, id);

-- Browsers in which somebody is signed in.
create table sessions (
    token_hash bytea primary key not null,
    id text collate "C" not null unique,
    user_id text collate "C" not null references users (id),
    created_at bigint not null,
    seen_at bigint not null,
    user_agent text not null,
    ip text not null
);

create index sessions_by_user on sessions (user_id, created_at);
create index sessions_by_age on sessions (created_at);

-- What mailed links carry: verify, reset, invite. Used once.
create table mail_tokens (
    token_hash bytea primary key not null,
    purpose text not null,
    user_id text collate "C" not null,
    created_at bigint not null,
    expires_at bigint not null,
    used_at bigint
);

create index mail_tokens_by_user on mail_tokens (user_id, purpose);
create index mail_tokens_by_age on mail_tokens (expires_at);

-- People asked to join a partner; the id becomes the user's when they accept.
create table invitations (
    user_id text collate "C" not null primary key,
    partner_id text collate "C" not null references partners (id),
    email text not null,
    email_folded text not null,
    name text not null,
    role text not null,
    created_at bigint not null
);

create unique index invitations_by_partner on invitations (partner_id, email_folded);

-- Each signs in once without the authenticator.
create table recovery_codes (
    user_id text collate "C" not null references users (id),
    code_hash bytea not null,
    used_at bigint,
    primary key (user_id, code_hash)
);
