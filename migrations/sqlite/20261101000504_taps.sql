-- The facts: each tap once, by gate and sequence. Never updated but for the payer, when a medium is
-- linked to a rider. payer: id of the rider, or of the medium where it is nobody's.
create table taps (
    realm text not null,
    gate_id text not null,
    sequence integer not null,
    station_id text not null,
    direction text not null check (direction in ('in', 'out')),
    media_id text not null,
    payer text not null,
    payment_method text not null,
    tapped_at integer not null,
    received_at integer not null,
    -- Refused at the gate: nobody passed, so nothing is rated.
    denied integer not null check (denied in (0, 1)),
    primary key (realm, gate_id, sequence)
) strict, without rowid;

create index taps_by_payer on taps (realm, payer, tapped_at);
-- Those that passed, for counting without reading the taps themselves.
create index taps_by_station on taps (realm, station_id, tapped_at) where denied = 0;
