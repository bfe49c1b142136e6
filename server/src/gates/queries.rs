//! Statements on gates.

use crate::store::sql;

sql! {
    ALL = "select id, station_id, direction, online, last_seen_at, secret, earlier_secret,
            earlier_secret_until, firmware, provisioned_at, retired_at, offline_since
        from gates order by station_id, id";
    ONE = "select id, station_id, direction, online, last_seen_at, secret, earlier_secret,
            earlier_secret_until, firmware, provisioned_at, retired_at, offline_since
        from gates where id = $1";
    ANY = "select id from gates limit 1";

    /// Planned: counted as online until it reports. A gate that is there keeps its state.
    INSERT_PLANNED = "insert into gates (id, station_id, direction, online) values ($1, $2, $3, 1)
        on conflict (id) do nothing";
    /// With its secret; online from its first sign of life on.
    INSERT = "insert into gates (id, station_id, direction, online, secret, provisioned_at)
        values ($1, $2, $3, 0, $4, $5)
        on conflict (id) do nothing";

    /// A gate's first secret.
    SET_FIRST_SECRET = "update gates set secret = $2, provisioned_at = $3
        where id = $1 and secret is null and retired_at is null";
    /// The next one; the one before holds until `$4`, where there is one.
    SET_SECRET = "update gates set secret = $2, provisioned_at = $3,
            earlier_secret = case when cast($4 as bigint) is null then null else secret end,
            earlier_secret_until = case when secret is null then null else cast($4 as bigint) end
        where id = $1 and retired_at is null";
    RETIRE = "update gates set retired_at = $2, online = 0 where id = $1 and retired_at is null";

    SEEN = "update gates set online = 1, last_seen_at = $2, firmware = coalesce(cast($3 as text), firmware)
        where id = $1 and retired_at is null";
    /// Gates that have reported, but not since `$1`.
    SILENT = "select id, station_id, last_seen_at from gates
        where online = 1 and retired_at is null and last_seen_at < $1 order by id";
    /// Unless it has been heard of since.
    SET_OFFLINE = "update gates set online = 0, offline_since = $3
        where id = $1 and online = 1 and last_seen_at = $2";
}
