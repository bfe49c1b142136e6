//! The few things that one SQL text can't say on both engines.

use super::Statement;

/// What a transaction may hold for itself alone on PostgreSQL (SQLite's single writer has it anyway).
#[derive(Debug, Clone, Copy)]
pub enum Lock {
    /// The tail of the audit log's hash chain.
    AuditChain = 1,
    /// The owners of partners, so that the last two cannot both leave.
    Owners = 2,
}

/// PostgreSQL only; not in the registry for that reason.
pub const ADVISORY_LOCK: Statement = Statement {
    name: "store::dialect::ADVISORY_LOCK",
    sql: "select 1 from (select pg_advisory_xact_lock($1)) as held",
};
