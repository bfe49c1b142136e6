//! SQL of taps, journeys and fraud findings.

use crate::store::sql;

sql! {
    /// A tap that is there already stays as it is.
    INSERT_TAP = "insert into taps (realm, gate_id, sequence, station_id, direction, media_id, payer,
            payment_method, tapped_at, received_at, denied)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        on conflict (realm, gate_id, sequence) do nothing";

    MEDIA_IN_HISTORY = "select media_id from taps where realm = $1 and payer = $2
        union select media_id from journeys where realm = $1 and payer = $2
        union select media_id from fraud_findings where realm = $1 and payer = $2";

    RENAME_MEDIUM_OF_TAPS = "update taps set media_id = $4 where realm = $1 and payer = $2 and media_id = $3";

    RENAME_MEDIUM_OF_JOURNEYS = "update journeys set media_id = $4 where realm = $1 and payer = $2 and media_id = $3";

    RENAME_MEDIUM_OF_FINDINGS = "update fraud_findings set media_id = $4
        where realm = $1 and payer = $2 and media_id = $3";

    FIND_TAP = "select payer, tapped_at, denied from taps where realm = $1 and gate_id = $2 and sequence = $3";

    /// What rating a payer asks for: taps since `$3`; beside each the charges of the week (since the
    /// day `$4`) and of the month (`$5`) before the day `$6`, and how many findings there are since `$7`.
    WINDOW = "select gate_id, sequence, station_id, direction, media_id, payment_method, tapped_at,
            (select cast(coalesce(sum(charge), 0) as bigint) from journeys
                where realm = $1 and payer = $2 and day >= $4 and day < $6) as week,
            (select cast(coalesce(sum(charge), 0) as bigint) from journeys
                where realm = $1 and payer = $2 and day >= $5 and day < $6) as month,
            (select count(*) from fraud_findings
                where realm = $1 and payer = $2 and occurred_at >= $7 and withdrawn_at is null) as findings
        from taps where realm = $1 and payer = $2 and tapped_at >= $3 and denied = 0";

    /// What a payer was charged on a day (`$3`), in its week (since `$4`) and in its month (since `$5`).
    SPENT = "select
            (select cast(coalesce(sum(charge), 0) as bigint) from journeys
                where realm = $1 and payer = $2 and day = $3) as daily,
            (select cast(coalesce(sum(charge), 0) as bigint) from journeys
                where realm = $1 and payer = $2 and day >= $4 and day <= $3) as weekly,
            (select cast(coalesce(sum(charge), 0) as bigint) from journeys
                where realm = $1 and payer = $2 and day >= $5 and day <= $3) as monthly";

    /// A payer's journeys of the day `$3` and later, with what rating can change of them.
    POSTED = "select id, payment_method, status, opening_gate_id, opening_sequence, closing_gate_id,
            closing_sequence, to_station_id, tapped_out_at, tariff_id, user_type, base_fare, fare, charge,
            limited_by, due_at
        from journeys where realm = $1 and payer = $2 and day >= $3";

    /// Only the payer's own, or one that was taken back.
    PUT_JOURNEY = "insert into journeys (realm, id, payer, media_id, payment_method, status,
            opening_gate_id, opening_sequence, closing_gate_id, closing_sequence, from_station_id,
            to_station_id, tapped_in_at, tapped_out_at, opened_at, day, tariff_id, user_type, base_fare,
            fare, charge, limited_by, due_at, changed_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
            $21, $22, $23, $24)
        on conflict (realm, id) do update set
            payer = excluded.payer, status = excluded.status, closing_gate_id = excluded.closing_gate_id,
            closing_sequence = excluded.closing_sequence, to_station_id = excluded.to_station_id,
            tapped_out_at = excluded.tapped_out_at, tariff_id = excluded.tariff_id,
            user_type = excluded.user_type, base_fare = excluded.base_fare, fare = excluded.fare,
            charge = excluded.charge, limited_by = excluded.limited_by, due_at = excluded.due_at,
            changed_at = excluded.changed_at
        where journeys.payer = excluded.payer or journeys.status = 'superseded'";

    SUPERSEDE = "update journeys set status = 'superseded', charge = 0, limited_by = null, due_at = null,
            changed_at = $4
        where realm = $1 and id = $2 and payer = $3";

    /// The earliest instant at which something is due, by realm.
    DUE_REALMS = "select realm, min(due_at) as due_at from journeys where due_at is not null group by realm";

    /// Open journeys that are due by `$2`, after the one at `$3` and `$4`.
    DUE = "select id, payer, day, due_at from journeys
        where realm = $1 and due_at is not null and due_at <= $2 and (due_at, id) > ($3, $4)
        order by due_at, id limit $5";

    /// When the journey of the day `$3` began that was on its way at `$4`.
    ON_THE_WAY = "select min(tapped_in_at) as since from journeys
        where realm = $1 and payer = $2 and day = $3 and tapped_in_at < $4
            and (tapped_out_at >= $4 or due_at >= $4)";

    /// Taps since `$4` of a medium that was nobody's.
    MOVE_TAPS = "update taps set payer = $3 where realm = $1 and payer = $2 and tapped_at >= $4";

    FINDINGS_OF = "select id, score, reasons, taps from fraud_findings
        where realm = $1 and payer = $2 and occurred_at >= $3 and withdrawn_at is null";

    PUT_FINDING = "insert into fraud_findings (realm, id, rule, score, reasons, taps, payer, media_id,
            station_id, gate_id, sequence, occurred_at, recorded_at, withdrawn_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, null)
        on conflict (realm, id) do update set
            score = excluded.score, reasons = excluded.reasons, taps = excluded.taps,
            payer = excluded.payer, withdrawn_at = null";

    WITHDRAW_FINDING = "update fraud_findings set withdrawn_at = $3 where realm = $1 and id = $2";

    COUNT_FINDINGS = "select count(*) as total from fraud_findings where realm = $1";

    /// Newest first.
    LIST_FINDINGS = "select id, rule, score, reasons, taps, payer, media_id, station_id, gate_id,
            occurred_at, recorded_at, withdrawn_at
        from fraud_findings where realm = $1 order by occurred_at desc, id desc limit $2 offset $3";

    COUNT_JOURNEYS_OF = "select count(*) as total from journeys
        where realm = $1 and payer = $2 and status <> 'superseded'";

    /// Newest first.
    JOURNEYS_OF = "select id, payer, media_id, payment_method, status, from_station_id, to_station_id,
            tapped_in_at, tapped_out_at, day, tariff_id, user_type, base_fare, fare, charge, limited_by, due_at
        from journeys where realm = $1 and payer = $2 and status <> 'superseded'
        order by day desc, id desc limit $3 offset $4";

    /// Oldest first, after the day `$3` and the id `$4`.
    JOURNEYS_AFTER = "select id, payer, media_id, payment_method, status, from_station_id, to_station_id,
            tapped_in_at, tapped_out_at, day, tariff_id, user_type, base_fare, fare, charge, limited_by, due_at
        from journeys where realm = $1 and payer = $2 and status <> 'superseded' and (day, id) > ($3, $4)
        order by day, id limit $5";

    /// Newest first: ids sort by the opening tap.
    LATEST_JOURNEYS = "select id, payer, media_id, payment_method, status, from_station_id, to_station_id,
            tapped_in_at, tapped_out_at, day, tariff_id, user_type, base_fare, fare, charge, limited_by, due_at
        from journeys where realm = $1 and status <> 'superseded' order by id desc limit $2";

    ERASE_TAPS = "delete from taps where realm = $1";
    ERASE_JOURNEYS = "delete from journeys where realm = $1";
    ERASE_FINDINGS = "delete from fraud_findings where realm = $1";
}
