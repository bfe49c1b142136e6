//! OAuth on both engines, through the whole router.

mod bearer;
mod codes;
mod dpop;
mod hygiene;
mod introspection;
mod lapse;
mod library;
mod purge;
mod pushed;
mod refresh;
pub(crate) mod support;
