//! SQL of test clocks.

use crate::store::sql;

sql! {
    ALL = "select realm, offset_us from realm_clocks";

    /// Moves on by `$2`, unless that is further than `$4`: then there is no row.
    ADVANCE = "insert into realm_clocks (realm, offset_us, changed_at) values ($1, $2, $3)
        on conflict (realm) do update set offset_us = realm_clocks.offset_us + $2, changed_at = $3
        where realm_clocks.offset_us + $2 <= $4
        returning offset_us";

    /// Moves on to `$2`; no row if it is there already, or further.
    ADVANCE_TO = "insert into realm_clocks (realm, offset_us, changed_at) values ($1, $2, $3)
        on conflict (realm) do update set offset_us = $2, changed_at = $3
        where realm_clocks.offset_us < $2
        returning offset_us";

    DELETE = "delete from realm_clocks where realm = $1";
}
