-- Riders with an account. Who taps without one is known by the medium alone.
create table riders (
    id text not null primary key,
    realm text not null,
    name text not null,
    email text,
    phone text,
    kyc_status text not null check (kyc_status in ('none', 'pending', 'verified', 'rejected')),
    registered_at integer not null,
    unique (realm, email),
    unique (realm, phone)
) strict;

create index riders_by_realm on riders (realm, id);

-- What kind of rider somebody is, from a service day on (days since 1970-01-01); adult before.
create table rider_user_types (
    rider_id text not null,
    since_day integer not null,
    user_type text not null check (user_type in ('adult', 'student', 'disabled')),
    recorded_at integer not null,
    primary key (rider_id, since_day)
) strict;

-- Cards and phones linked to riders. The id is a hash of the token that gates send; the token itself
-- is kept nowhere. Taps from linked_from on are the rider's.
create table media (
    realm text not null,
    id text not null,
    rider_id text not null,
    label text not null,
    linked_from integer not null,
    linked_at integer not null,
    primary key (realm, id)
) strict;

create index media_by_rider on media (rider_id);

-- A rider's wallet (kci_pay): the sum of its ledger entries, kept beside them in the same
-- transaction so that a limit can be checked by the statement that passes it. What a wallet could
-- not pay is due, and paid first by the next top-up.
create table wallets (
    rider_id text not null primary key,
    realm text not null,
    balance integer not null check (balance >= 0),
    due integer not null check (due >= 0)
) strict;
