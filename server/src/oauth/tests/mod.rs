//! OAuth on both engines, through the whole router.

mod bearer;
mod codes;
mod hygiene;
mod introspection;
mod refresh;
pub(crate) mod support;
