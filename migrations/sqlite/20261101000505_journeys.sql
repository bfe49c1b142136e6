-- What the taps amount to, as last rated: a projection, changed whenever a tap changes the answer.
-- A journey is known by its opening tap. One that a late tap took back stays as `superseded`, its
-- charge zero, for those who have heard of it.
create table journeys (
    realm text not null,
    id text not null,
    payer text not null,
    media_id text not null,
    payment_method text not null,
    status text not null check (status in ('open', 'completed', 'incomplete', 'unmatched', 'superseded')),
    opening_gate_id text not null,
    opening_sequence integer not null,
    closing_gate_id text,
    closing_sequence integer,
    from_station_id text,
    to_station_id text,
    tapped_in_at integer,
    tapped_out_at integer,
    -- Of the opening tap.
    opened_at integer not null,
    -- Service day (days since 1970-01-01, Jakarta) of the opening tap.
    day integer not null,
    tariff_id text not null,
    user_type text not null,
    -- Before discount and caps; before caps; what is paid.
    base_fare integer not null check (base_fare >= 0),
    fare integer not null check (fare >= 0),
    charge integer not null check (charge >= 0),
    -- The cap that lowered the charge.
    limited_by text check (limited_by in ('daily', 'weekly', 'monthly')),
    -- When an open journey becomes incomplete.
    due_at integer,
    changed_at integer not null,
    primary key (realm, id)
) strict, without rowid;

create index journeys_by_payer on journeys (realm, payer, day);
create index journeys_due on journeys (realm, due_at) where due_at is not null;
