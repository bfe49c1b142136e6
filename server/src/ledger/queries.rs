//! SQL of the ledger.

use crate::store::sql;

sql! {
    INSERT_TRANSFER = "insert into ledger_transfers
            (id, realm, at, debit, credit, amount, reason, payer, journey_id, actor)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

    WALLET = "select balance, due from wallets where rider_id = $1";

    /// Sixteen at a time, so that one text serves both engines.
    WALLETS = "select rider_id, balance, due from wallets
        where rider_id in ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";

    /// Only from what was read (`$5`, `$6`): no row is touched if somebody else was faster.
    PUT_WALLET = "insert into wallets (rider_id, realm, balance, due) values ($1, $2, $3, $4)
        on conflict (rider_id) do update set balance = excluded.balance, due = excluded.due
        where wallets.realm = excluded.realm and wallets.balance = $5 and wallets.due = $6";

    /// Newest first.
    TRANSFERS_OF = "select id, at, debit, credit, amount, reason, journey_id, actor
        from ledger_transfers where realm = $1 and payer = $2 order by at desc, id desc limit $3";

    /// Oldest first.
    TRANSFERS_AFTER = "select id, at, debit, credit, amount, reason, journey_id, actor
        from ledger_transfers where realm = $1 and payer = $2 and (at, id) > ($3, $4) order by at, id limit $5";

    ERASE = "delete from ledger_transfers where realm = $1";
}
