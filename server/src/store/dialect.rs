//! The few things that one SQL text can't say on both engines.

use super::Statement;

/// What a transaction may hold for itself alone on PostgreSQL (SQLite's single writer has it anyway).
#[derive(Debug, Clone, Copy)]
pub enum Lock {
    /// The tail of the audit log's hash chain.
    AuditChain = 1,
    /// The owners of partners, so that the last two cannot both leave.
    Owners = 2,
    /// The numbers in which events are published, so that they are seen in their order.
    Publish = 7,
    /// The bodies of events: who makes another delivery of one shares this, who deletes those that no
    /// delivery needs has it alone.
    Messages = 8,
}

/// Kinds of things of which a transaction may hold some for itself alone. Who needs both takes media
/// first, and all of a kind at once, so that no two wait for each other.
#[derive(Debug, Clone, Copy)]
pub enum LockEach {
    /// Cards and phones: whose they are, and the taps of those that are nobody's.
    Media = 1,
    /// Riders with an account: their taps and their wallet.
    Riders = 2,
    /// What a rider allows an application: by the two ids.
    Grants = 3,
    /// Authorization codes, by their hash. Taken before the family that they begin.
    Codes = 4,
    /// Families of refresh tokens.
    Families = 5,
    /// Applications, whose secrets follow one another.
    Applications = 6,
}

/// One statement in the words of each engine: for many rows in one parameter (a JSON array), and for
/// claiming rows past those that another node holds.
#[derive(Debug)]
pub struct ByEngine {
    pub sqlite: Statement,
    pub postgres: Statement,
}

/// Registers statements that differ by engine, as [`sql!`](super::sql) does the others; lists them in
/// `BY_ENGINE`.
macro_rules! sql_by_engine {
    ($($(#[$doc:meta])* $name:ident = sqlite $sqlite:literal postgres $postgres:literal;)*) => {
        $(
            $(#[$doc])*
            pub const $name: $crate::store::ByEngine = $crate::store::ByEngine {
                sqlite: $crate::store::Statement {
                    name: concat!(module_path!(), "::", stringify!($name)),
                    sql: $sqlite,
                },
                postgres: $crate::store::Statement {
                    name: concat!(module_path!(), "::", stringify!($name)),
                    sql: $postgres,
                },
            };
        )*

        /// All of them, for the test that prepares each on its engine.
        pub const BY_ENGINE: &[&$crate::store::ByEngine] = &[$(&$name,)*];
    };
}
pub(crate) use sql_by_engine;

/// PostgreSQL only; not in the registry for that reason.
pub const ADVISORY_LOCK: Statement = Statement {
    name: "store::dialect::ADVISORY_LOCK",
    sql: "select 1 from (select pg_advisory_xact_lock($1)) as held",
};

/// As [`ADVISORY_LOCK`], beside others that share it.
pub const ADVISORY_LOCK_SHARED: Statement = Statement {
    name: "store::dialect::ADVISORY_LOCK_SHARED",
    sql: "select 1 from (select pg_advisory_xact_lock_shared($1)) as held",
};

/// As [`ADVISORY_LOCK`], for the hashes in `$2`, in the order in which they stand there.
pub const ADVISORY_LOCKS: Statement = Statement {
    name: "store::dialect::ADVISORY_LOCKS",
    sql: "select 1 from (
            select pg_advisory_xact_lock($1::bigint::int, hash)
            from unnest(string_to_array($2, ',')::int[]) as hash
        ) as held",
};

/// The hashes of `names` as [`ADVISORY_LOCKS`] takes them: sorted, each once. Two names with one
/// hash wait for each other without need, and that is all.
pub fn hashes<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let mut hashes: Vec<i32> = names.map(hash).collect();
    hashes.sort_unstable();
    hashes.dedup();
    let hashes: Vec<String> = hashes.iter().map(ToString::to_string).collect();
    hashes.join(",")
}

/// FNV-1a: the same on every node and in every version.
fn hash(name: &str) -> i32 {
    let hash =
        name.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    hash.cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_come_sorted_and_once() {
        // FNV-1a, 32 bits: "a" is e40c292c, "foobar" is bf9cf968 (the algorithm's published vectors).
        assert_eq!(hash("a"), 0xe40c_292c_u32.cast_signed());
        assert_eq!(hash("foobar"), 0xbf9c_f968_u32.cast_signed());
        assert_eq!(hashes(["a", "foobar", "a"].into_iter()), "-1080231576,-468965076");
    }
}
