//! Tiers.

/// What a partner pays for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Tier {
    Free,
    Pro,
    Enterprise,
}
