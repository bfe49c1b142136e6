//! SQL of usage.

use crate::store::sql;

sql! {
    /// The newest batch of a node that is in the tables.
    FLUSHED = "select sequence from usage_flushes where node = $1";

    SET_FLUSHED = "insert into usage_flushes (node, sequence, at) values ($1, $2, $3)
        on conflict (node) do update set sequence = excluded.sequence, at = excluded.at";

    MINUTE_LATENCIES = "select latencies from usage_minutes
        where minute = $1 and node = $2 and key_id = $3 and operation = $4 and class = $5";

    ADD_TO_MINUTE = "insert into usage_minutes
            (minute, node, key_id, operation, class, partner_id, calls, sum_us, latencies)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        on conflict (minute, node, key_id, operation, class) do update set
            calls = usage_minutes.calls + excluded.calls, sum_us = usage_minutes.sum_us + excluded.sum_us,
            latencies = excluded.latencies";

    DAY_LATENCIES = "select latencies from usage_days
        where partner_id = $1 and day = $2 and key_id = $3 and operation = $4 and class = $5 and node = $6";

    ADD_TO_DAY = "insert into usage_days (partner_id, day, key_id, operation, class, node, calls, sum_us, latencies)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        on conflict (partner_id, day, key_id, operation, class, node) do update set
            calls = usage_days.calls + excluded.calls, sum_us = usage_days.sum_us + excluded.sum_us,
            latencies = excluded.latencies";

    TOTAL_LATENCIES = "select latencies from usage_totals
        where day = $1 and operation = $2 and class = $3 and node = $4";

    ADD_TO_TOTAL = "insert into usage_totals (day, operation, class, node, calls, sum_us, latencies)
        values ($1, $2, $3, $4, $5, $6, $7)
        on conflict (day, operation, class, node) do update set
            calls = usage_totals.calls + excluded.calls, sum_us = usage_totals.sum_us + excluded.sum_us,
            latencies = excluded.latencies";

    /// A partner's days, `$2` to `$3`.
    PARTNER_DAYS = "select day, operation, class, calls, sum_us, latencies from usage_days
        where partner_id = $1 and day >= $2 and day <= $3";

    /// All callers' days, `$1` to `$2`.
    TOTAL_DAYS = "select day, operation, class, calls, sum_us, latencies from usage_totals
        where day >= $1 and day <= $2";

    /// Calls that count, by partner, on one day; most first.
    CALLS_BY_PARTNER = "select partner_id, cast(sum(calls) as bigint) as calls from usage_days
        where day = $1 and class <> 0 and operation <> $2 and partner_id <> ''
        group by partner_id order by calls desc, partner_id limit $3";

    /// Calls that count, of one partner, on one day.
    CALLS_OF_PARTNER = "select cast(coalesce(sum(calls), 0) as bigint) as calls from usage_days
        where partner_id = $1 and day = $2 and class <> 0 and operation <> $3";

    PRUNE_MINUTES = "delete from usage_minutes where minute < $1";
}
