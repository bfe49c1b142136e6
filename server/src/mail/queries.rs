//! SQL of the outbox.

use crate::store::sql;

sql! {
    INSERT = "insert into mails (id, recipient, subject, body, created_at, try_at, tries)
        values ($1, $2, $3, $4, $5, $5, 0)";

    /// Takes mails that are due by `$1` and keeps others off them until `$2`.
    CLAIM = "update mails set try_at = $2, tries = tries + 1
        where try_at <= $1
          and id in (select id from mails where try_at <= $1 order by try_at, id limit $3)
        returning id, recipient, subject, body, tries";

    /// The text goes: its links have reached who they are for.
    SENT = "update mails set sent_at = $2, try_at = null, body = null, last_error = null where id = $1";

    /// `$2` null: given up.
    FAILED = "update mails set try_at = $2, last_error = $3 where id = $1";

    FORGET_TEXT = "update mails set body = null where id = $1";

    DELETE_OLD = "delete from mails where try_at is null and created_at < $1";

    /// What waits for an address that is to be forgotten; `$1` as [`EmailAddress::folded`] gives it.
    ///
    /// [`EmailAddress::folded`]: domain::identity::EmailAddress::folded
    MARK_LAST = "update mails set is_last = 1 where lower(recipient) = $1 and try_at is not null";

    DELETE_LAST = "delete from mails where id = $1 and is_last = 1 and try_at is null";

    DELETE_OVER = "delete from mails where lower(recipient) = $1 and try_at is null";

    WAITING = "select count(*) as waiting from mails where try_at is not null";
}
