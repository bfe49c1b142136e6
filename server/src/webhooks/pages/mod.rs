//! What the portal's pages ask for beside the operations on endpoints and deliveries: how many events
//! there are, a stream that tells when the log has changed, and the signature doctor.

mod doctor;
pub mod queries;
mod tail;
#[cfg(test)]
mod tests;
mod volume;

use axum::{
    Extension, Router,
    routing::{get, post},
};

use crate::app::App;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/event-volumes", get(volume::get_event_volumes).layer(Extension(volume::Kept::default())))
        .route("/webhook-doctor", post(doctor::consult_doctor).layer(Extension(doctor::Turns::default())))
        .route("/webhook-tail", get(tail::stream_deliveries))
}
