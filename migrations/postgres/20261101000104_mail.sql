-- Mails to be sent, written in the transaction of what they tell. The text is sealed (it carries
-- links that open accounts) and deleted once sent.
create table mails (
    id text collate "C" not null primary key,
    recipient text not null,
    subject text not null,
    body bytea,
    created_at bigint not null,
    -- When to try (again); null: sent, or given up.
    try_at bigint,
    tries bigint not null,
    sent_at bigint,
    last_error text
);

create index mails_by_due on mails (try_at) where try_at is not null;
