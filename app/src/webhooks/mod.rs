//! A partner's webhooks: endpoints, the log of what was sent to them, and the signature doctor.
//!
//! All of it works by plain forms, through the same functions that a program with a key calls. The log
//! renews itself where scripts run (`site.js`, `data-live`) and is whole without.

mod attempt;
mod change;
mod create;
mod deliveries;
mod delivery;
mod doctor;
mod endpoint;
mod endpoints;
mod filter;
mod replay;
mod secret;
mod table;
mod timing;
pub mod words;

pub use deliveries::WebhookDeliveriesPage;
pub use delivery::WebhookDeliveryPage;
pub use doctor::WebhookDoctorPage;
pub use endpoint::WebhookEndpointPage;
pub use endpoints::WebhooksPage;
