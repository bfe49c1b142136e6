-- API keys of this environment. Of the secret only its hash is kept, and what may be shown.
create table api_keys (
    id text collate "C" not null primary key,
    partner_id text collate "C" not null,
    name text not null,
    secret_hash bytea not null unique,
    prefix text not null,
    last4 text not null,
    -- Networks with commas between; empty: from anywhere.
    ip_allow text not null,
    origin text,
    read_only bigint not null,
    -- The member whose try-it console it was made for.
    console_user_id text collate "C",
    created_at bigint not null,
    expires_at bigint,
    revoked_at bigint,
    replaced_by text collate "C",
    overlap_until bigint,
    last_used_at bigint,
    last_used_ip text
);

create index api_keys_by_partner on api_keys (partner_id, id);
create index api_keys_by_console on api_keys (console_user_id) where console_user_id is not null;

-- What nodes must forget: written with the change, read by every node twice a second.
create table credential_changes (
    sequence bigint generated always as identity primary key,
    at bigint not null,
    -- All keys of a partner, or one key.
    partner_id text collate "C",
    secret_hash bytea
);

create index credential_changes_by_age on credential_changes (at);
