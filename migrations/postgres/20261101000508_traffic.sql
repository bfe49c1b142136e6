-- Taps that passed a gate, by station, hour (hours since 1970-01-01 UTC; Jakarta's hours are whole
-- ones) and direction.
create table traffic_hours (
    realm text collate "C" not null,
    station_id text collate "C" not null,
    hour bigint not null,
    direction text not null check (direction in ('in', 'out')),
    taps bigint not null,
    primary key (realm, station_id, hour, direction)
);

create index traffic_hours_by_hour on traffic_hours (realm, hour);

-- Stations that are crowded, or have been.
create table station_crowding (
    realm text collate "C" not null,
    station_id text collate "C" not null,
    crowded bigint not null check (crowded in (0, 1)),
    since bigint not null,
    primary key (realm, station_id)
);
