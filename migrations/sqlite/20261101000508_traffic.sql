-- Taps that passed a gate, by station, hour (hours since 1970-01-01 UTC; Jakarta's hours are whole
-- ones) and direction.
create table traffic_hours (
    realm text not null,
    station_id text not null,
    hour integer not null,
    direction text not null check (direction in ('in', 'out')),
    taps integer not null,
    primary key (realm, station_id, hour, direction)
) strict, without rowid;

create index traffic_hours_by_hour on traffic_hours (realm, hour);

-- Stations that are crowded, or have been.
create table station_crowding (
    realm text not null,
    station_id text not null,
    crowded integer not null check (crowded in (0, 1)),
    since integer not null,
    primary key (realm, station_id)
) strict;
