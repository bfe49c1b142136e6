//! SQL of events.

use crate::store::sql;

sql! {
    /// Nothing happens if the fact was told before. Who settles a journey holds its payer, so that no
    /// two events of one draw their numbers at the same time.
    INSERT = "insert into events (id, realm, kind, fact, rider_id, journey_id, station_id, occurred_at, recorded_at, data,
            journey_sequence)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10,
            case when cast($6 as text) is not null then
                (select coalesce(max(journey_sequence), 0) + 1 from events where realm = $2 and journey_id = $6)
            end)
        on conflict (realm, kind, fact) do nothing";

    SINCE = "select sequence, id, kind, rider_id, journey_id, station_id, occurred_at, recorded_at, data
        from events where realm = $1 and sequence > $2 order by sequence limit $3";

    LATEST = "select sequence, id, kind, rider_id, journey_id, station_id, occurred_at, recorded_at, data
        from events where realm = $1 order by sequence desc limit $2";

    /// Of one kind, newest first; looks at the last `$3` of all kinds only.
    LATEST_OF_KIND = "select sequence, id, kind, rider_id, journey_id, station_id, occurred_at, recorded_at, data
        from (select sequence, id, kind, rider_id, journey_id, station_id, occurred_at, recorded_at, data
            from events where realm = $1 order by sequence desc limit $3) as looked_at
        where kind = $2 order by sequence desc";

    ERASE = "delete from events where realm = $1";
}
