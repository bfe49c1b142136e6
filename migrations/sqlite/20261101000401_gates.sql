-- Gates of the stations. Seeded from data/stations.csv when the table is empty, as online: until
-- gates report, the planned state stands for the real one, and last_seen_at stays null.
create table gates (
    id text not null primary key,
    station_id text not null,
    direction text not null check (direction in ('in', 'out')),
    online integer not null check (online in (0, 1)),
    last_seen_at integer
) strict;

create index gates_by_station on gates (station_id, id);
