//! Statements on gates.

use crate::store::sql;

sql! {
    SELECT_GATES = "select id, station_id, direction, online, last_seen_at from gates order by station_id, id";
    /// A gate that is there keeps its state.
    INSERT_GATE = "insert into gates (id, station_id, direction, online, last_seen_at)
        values ($1, $2, $3, $4, $5)
        on conflict (id) do nothing";
}
