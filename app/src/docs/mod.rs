//! The documentation: one page per operation, authentication, limits and errors.
//!
//! Operation pages are printed from the server's OpenAPI document ([`document`]) and typed samples
//! ([`request`]); prose that is no figure and no field is Markdown in `guides/` ([`markdown`]).
//! Everything is readable with scripts off; the islands are the [`console`]
//! and the [`playground`].

mod as_markdown;
mod authentication;
pub mod console;
pub mod document;
mod endpoint;
pub mod highlight;
pub mod markdown;
mod oauth_samples;
pub mod playground;
mod rate_limits;
pub mod reference;
mod reference_webhooks;
pub mod request;
pub mod webhooks;

pub use authentication::{AuthenticationCallbackPage, AuthenticationPage};
pub use endpoint::EndpointPage;
pub use rate_limits::RateLimitsPage;
pub use webhooks::WebhooksDocPage;
