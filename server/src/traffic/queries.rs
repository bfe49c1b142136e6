//! SQL of traffic.

use crate::store::sql;

sql! {
    ADD_TO_HOUR = "insert into traffic_hours (realm, station_id, hour, direction, taps)
        values ($1, $2, $3, $4, $5)
        on conflict (realm, station_id, hour, direction) do update set
            taps = traffic_hours.taps + excluded.taps";

    /// A realm's hours from `$2` until before `$3`.
    HOURS = "select station_id, hour, direction, taps from traffic_hours
        where realm = $1 and hour >= $2 and hour < $3";

    /// Taps of a station that passed from after `$3` until `$4`, and whether it counts as crowded.
    CROWDING = "select
            (select count(*) from taps
                where realm = $1 and station_id = $2 and tapped_at > $3 and tapped_at <= $4 and denied = 0) as taps,
            (select crowded from station_crowding where realm = $1 and station_id = $2) as crowded";

    /// Stations of all realms that count as crowded.
    CROWDED = "select realm, station_id from station_crowding where crowded = 1 order by realm, station_id";

    /// Touches a row only if the station was not as `$3` says already: of two who see the same change,
    /// one makes it.
    CHANGE_CROWDING = "insert into station_crowding (realm, station_id, crowded, since)
        values ($1, $2, $3, $4)
        on conflict (realm, station_id) do update set crowded = excluded.crowded, since = excluded.since
            where station_crowding.crowded <> excluded.crowded";

    ERASE_HOURS = "delete from traffic_hours where realm = $1";

    ERASE_CROWDING = "delete from station_crowding where realm = $1";
}
