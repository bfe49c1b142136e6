-- What the taps amount to, as last rated: a projection, changed whenever a tap changes the answer.
-- A journey is known by its opening tap. One that a late tap took back stays as `superseded`, its
-- charge zero, for those who have heard of it.
create table journeys (
    realm text collate "C" not null,
    id text collate "C" not null,
    payer text collate "C" not null,
    media_id text collate "C" not null,
    payment_method text not null,
    status text not null check (status in ('open', 'completed', 'incomplete', 'unmatched', 'superseded')),
    opening_gate_id text collate "C" not null,
    opening_sequence bigint not null,
    closing_gate_id text collate "C",
    closing_sequence bigint,
    from_station_id text collate "C",
    to_station_id text collate "C",
    tapped_in_at bigint,
    tapped_out_at bigint,
    -- Of the opening tap.
    opened_at bigint not null,
    -- Service day (days since 1970-01-01, Jakarta) of the opening tap.
    day bigint not null,
    tariff_id text collate "C" not null,
    user_type text not null,
    -- Before discount and caps; before caps; what is paid.
    base_fare bigint not null check (base_fare >= 0),
    fare bigint not null check (fare >= 0),
    charge bigint not null check (charge >= 0),
    -- The cap that lowered the charge.
    limited_by text check (limited_by in ('daily', 'weekly', 'monthly')),
    -- When an open journey becomes incomplete.
    due_at bigint,
    changed_at bigint not null,
    primary key (realm, id)
);

create index journeys_by_payer on journeys (realm, payer, day);
create index journeys_due on journeys (realm, due_at) where due_at is not null;
