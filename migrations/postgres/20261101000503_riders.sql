-- Riders with an account. Who taps without one is known by the medium alone.
create table riders (
    id text collate "C" not null primary key,
    realm text collate "C" not null,
    name text not null,
    email text,
    phone text,
    kyc_status text not null check (kyc_status in ('none', 'pending', 'verified', 'rejected')),
    registered_at bigint not null,
    unique (realm, email),
    unique (realm, phone)
);

create index riders_by_realm on riders (realm, id);

-- What kind of rider somebody is, from a service day on (days since 1970-01-01); adult before.
create table rider_user_types (
    rider_id text collate "C" not null,
    since_day bigint not null,
    user_type text not null check (user_type in ('adult', 'student', 'disabled')),
    recorded_at bigint not null,
    primary key (rider_id, since_day)
);

-- Cards and phones linked to riders. The id is a hash of the token that gates send; the token itself
-- is kept nowhere. Taps from linked_from on are the rider's.
create table media (
    realm text collate "C" not null,
    id text collate "C" not null,
    rider_id text collate "C" not null,
    label text not null,
    linked_from bigint not null,
    linked_at bigint not null,
    primary key (realm, id)
);

create index media_by_rider on media (rider_id);

-- A rider's wallet (kci_pay): the sum of its ledger entries, kept beside them in the same
-- transaction so that a limit can be checked by the statement that passes it. What a wallet could
-- not pay is due, and paid first by the next top-up.
create table wallets (
    rider_id text collate "C" not null primary key,
    realm text collate "C" not null,
    balance bigint not null check (balance >= 0),
    due bigint not null check (due >= 0)
);
