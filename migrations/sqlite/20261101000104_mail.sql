-- Mails to be sent, written in the transaction of what they tell. The text is sealed (it carries
-- links that open accounts) and deleted once sent.
create table mails (
    id text not null primary key,
    recipient text not null,
    subject text not null,
    body blob,
    created_at integer not null,
    -- When to try (again); null: sent, or given up.
    try_at integer,
    tries integer not null,
    sent_at integer,
    last_error text
) strict;

create index mails_by_due on mails (try_at) where try_at is not null;
