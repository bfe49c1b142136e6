-- A realm is a network with its gates, riders and clock: `live`, the operator's own, or a partner's
-- test network, named by the partner's id. The live store has the first, the sandbox all others.
-- Here: how far the test clock of a partner's network runs ahead. Without a row it does not.
create table realm_clocks (
    realm text collate "C" not null primary key,
    offset_us bigint not null check (offset_us >= 0),
    changed_at bigint not null
);
