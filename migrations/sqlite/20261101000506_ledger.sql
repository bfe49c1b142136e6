-- The ledger: append only. One row is one transfer, with both its sides, so that the whole sums to
-- zero by its shape. Accounts: wallet:<rider>, due:<rider>, receivable:<payment method>,
-- fare_revenue, fare_adjustments, top_ups.
create table ledger_transfers (
    id text not null primary key,
    realm text not null,
    at integer not null,
    debit text not null,
    credit text not null,
    amount integer not null check (amount > 0),
    reason text not null,
    payer text not null,
    journey_id text,
    -- Who asked for it, where it was not a tap: an operator, a test key.
    actor text,
    check (debit <> credit)
) strict;

create index ledger_transfers_by_payer on ledger_transfers (realm, payer, at);
create index ledger_transfers_by_journey on ledger_transfers (realm, journey_id) where journey_id is not null;

-- The same as entries: a debit adds to its account, a credit takes from it.
create view ledger_entries as
    select id as transfer_id, realm, at, debit as account, amount from ledger_transfers
    union all
    select id as transfer_id, realm, at, credit as account, -amount as amount from ledger_transfers;
