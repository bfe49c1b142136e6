//! The portal: pages rendered on the server, and the few islands that run in the browser.
//!
//! A concept's folder holds its pages and islands; `ui` is the design system; [`api`] the one way to
//! data; [`outcome`] what became of a form. Nothing here knows SQL, tokio or a secret.

pub mod address;
pub mod api;
pub mod assets;
pub mod load;
pub mod nav;
pub mod outcome;
pub mod shell;
pub mod ui;
pub mod visitor;

pub mod account;
pub mod admin;
pub mod applications;
pub mod docs;
pub mod home;
pub mod identity;
pub mod keys;
pub mod rider;
pub mod sandbox;
pub mod traffic;
pub mod usage;
pub mod webhooks;

mod portal;

pub use portal::Portal;
