//! Every statement of the product, for the test that prepares them all on both engines.

use super::Statement;

/// The statements of each concept. A test fails if a `queries.rs` is missing here.
pub const MODULES: &[(&str, &[&Statement])] = &[];
