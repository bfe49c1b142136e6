//! SQL of the audit log.

use crate::store::sql;

sql! {
    TAIL = "select sequence, hash from audit_log order by sequence desc limit 1";

    INSERT = "insert into audit_log (sequence, id, at, actor, action, subject, detail, request_id, hash)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";

    AFTER = "select sequence, id, at, actor, action, subject, detail, request_id, hash
        from audit_log where sequence > $1 order by sequence limit $2";

    /// Newest first; `$1` null: of every subject.
    PAGE = "select sequence, id, at, actor, action, subject, detail, request_id
        from audit_log where cast($1 as text) is null or subject = $1
        order by sequence desc limit $2 offset $3";

    COUNT = "select count(*) as total from audit_log where cast($1 as text) is null or subject = $1";
}
