-- Riders who sign up. Until the link sent to the address was opened, a sign-up claims nothing: anybody
-- may have typed that address or that number. The id becomes the rider's.
create table rider_sign_ups (
    rider_id text not null primary key,
    email text not null,
    email_folded text not null,
    name text not null,
    phone text,
    password_hash text not null,
    created_at integer not null
) strict;

create index rider_sign_ups_by_claim on rider_sign_ups (email_folded, rider_id);
create index rider_sign_ups_by_age on rider_sign_ups (created_at);

-- Riders who can sign in. Whom the operator put on the books has no row before they choose a password.
create table rider_logins (
    rider_id text not null primary key,
    password_hash text not null,
    changed_at integer not null
) strict;

-- Browsers in which a rider is signed in.
create table rider_sessions (
    token_hash blob primary key not null,
    id text not null unique,
    rider_id text not null,
    created_at integer not null,
    seen_at integer not null,
    user_agent text not null,
    ip text not null
) strict;

create index rider_sessions_by_rider on rider_sessions (rider_id, created_at);
create index rider_sessions_by_age on rider_sessions (created_at);
