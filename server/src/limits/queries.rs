//! SQL of daily quotas.

use crate::store::sql;

sql! {
    /// Takes up to `$3` calls of a day's quota of `$4`; no row when nothing is left. In `set`, `used`
    /// is what it was before.
    LEASE = "insert into quota_days (partner_id, day, used, granted) values ($1, $2, $3, $3)
        on conflict (partner_id, day) do update set
            granted = case when quota_days.used + $3 <= $4 then $3 else $4 - quota_days.used end,
            used = case when quota_days.used + $3 <= $4 then quota_days.used + $3 else $4 end
        where quota_days.used < $4
        returning granted, used";

    USED = "select used from quota_days where partner_id = $1 and day = $2";

    GIVE_BACK = "update quota_days set used = used - $3 where partner_id = $1 and day = $2 and used >= $3";

    PRUNE = "delete from quota_days where day < $1";
}
