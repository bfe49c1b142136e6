//! Webhooks: signing what is sent, to where it may be sent, when it is sent again, and what is wrong
//! when a receiver can't verify it.
//!
//! Words: an **endpoint** is a partner's URL with what it subscribes to; a **delivery** is one event on
//! its way to one endpoint; an **attempt** is one HTTP request of it. Owns the rules and does nothing:
//! the server keeps endpoints and deliveries, looks names up, connects and counts.
//!
//! | rule | where |
//! | --- | --- |
//! | secrets: 24 to 64 bytes, and the key of each signature | [`SigningSecret`] |
//! | both signatures on a delivery, and the body's own | [`sign`] |
//! | changing a secret without a gap | [`SecretSet`] |
//! | what a receiver can get wrong, and how it shows | [`doctor`] |
//! | retries, `Retry-After`, 410 | [`schedule`] |
//! | sparing, warning and giving up an endpoint that fails | [`health`] |
//! | the URL of an endpoint | [`EndpointUrl`] |
//! | the addresses that may be connected to | [`addresses`] |
//! | the body of an event | [`Envelope`] |
//! | every kind of event with its schema and an example | [`catalogue`], `schemas` |
//! | how a receiver checks, as the documentation prints it | [`recipes`] |
//! | how many events there are of each kind | [`volume`] |
//! | whether the log has changed | [`tail`] |
//!
//! **Promise.** Same body, secrets and second, same bytes and headers. Signatures are over bytes: the
//! unsigned body is kept as it was first written, and every attempt signs that, with its own timestamp
//! and with the secrets that are valid by then.

pub mod addresses;
pub mod catalogue;
pub mod doctor;
mod envelope;
pub mod health;
pub mod recipes;
mod requests;
pub mod schedule;
#[cfg(feature = "openapi")]
pub mod schemas;
mod secret;
mod secrets;
mod signature;
pub mod tail;
mod url;
mod views;
pub mod volume;
mod words;

pub use self::{
    catalogue::CatalogueEntry,
    envelope::{Envelope, Subject},
    requests::{
        CreateEndpoint, ENDPOINTS_MAX, EventName, KEPT_DAYS, REPLAYED_MAX, REPLAYS_WAITING_MAX, ReplayMany,
        ReplayOne, RotateSecret, SendTest, UpdateEndpoint,
    },
    secret::{SECRET_BYTES_MAX, SECRET_BYTES_MIN, SECRET_PREFIX, SigningSecret},
    secrets::{OLD_SECRETS_MAX, OVERLAP, OldSecret, SecretSet, TooManySecrets},
    signature::{
        HEADER_ID, HEADER_SIGNATURE, HEADER_STANDARD, HEADER_TIMESTAMP, SCHEME, STANDARD_VERSION,
        SignedMessage, Unsignable, body_signature, sign, split_member, standard_signature,
    },
    url::{EndpointUrl, UrlPolicy},
    views::{
        AttemptView, DeliveryRow, DeliveryView, EndpointView, EndpointWithSecret, Feed, FeedEvent, FeedMeta,
        Replayed, ReplayedMany, RequestView, ResponseView, TestSent, Timing,
    },
    words::{AttemptError, DeliveryStatus, DisabledReason, EndpointStatus, UnknownWord},
};
