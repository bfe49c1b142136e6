//! SQL of the scoped operations.

use crate::store::sql;

sql! {
    /// Days from `$3` through `$4`; `$5` a payment method or null.
    COUNT = "select count(*) as total from journeys
        where realm = $1 and payer = $2 and status <> 'superseded' and day >= $3 and day <= $4
            and (cast($5 as text) is null or payment_method = $5)";

    /// Newest first. `$6` and `$7`: those after this day and id, in that order; `$6` null: from the first.
    LIST = "select id, payer, media_id, payment_method, status, from_station_id, to_station_id,
            tapped_in_at, tapped_out_at, day, tariff_id, user_type, base_fare, fare, charge, limited_by, due_at
        from journeys
        where realm = $1 and payer = $2 and status <> 'superseded' and day >= $3 and day <= $4
            and (cast($5 as text) is null or payment_method = $5)
            and (cast($6 as bigint) is null or day < $6 or (day = $6 and id < $7))
        order by day desc, id desc limit $8 offset $9";
}
