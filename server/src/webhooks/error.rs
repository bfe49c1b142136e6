//! Why something can't be done with a webhook.

use domain::{
    events::EventKind,
    invalid::Invalid,
    problem::Code,
    tiers::Tier,
    webhooks::{ENDPOINTS_MAX, EndpointStatus, OLD_SECRETS_MAX, REPLAYS_WAITING_MAX, TooManySecrets},
};
use jiff::Timestamp;

use crate::{app::Environment, http::problem::ApiError, store::DbError, vault::Unopenable};

#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error(transparent)]
    Sealed(#[from] Unopenable),
    /// Absent, or somebody else's.
    #[error("no such endpoint or delivery")]
    NotFound,
    /// Live endpoints come with approval; test endpoints with a verified address.
    #[error("the partner may not have {environment} endpoints yet")]
    NotActive { environment: Environment },
    /// None: webhooks at all.
    #[error("the tier does not include it")]
    TierInsufficient { event: Option<EventKind> },
    #[error("the URL is refused: {0}")]
    Url(Invalid),
    #[error("no events")]
    NoEvents,
    #[error("the partner has {ENDPOINTS_MAX} endpoints already")]
    TooMany,
    /// Not the partner's, or of the other environment.
    #[error("no such application")]
    NoApplication,
    #[error("too many old secrets")]
    OldSecrets { refused: TooManySecrets, now: Timestamp },
    #[error("an overlap of {hours} hours")]
    Overlap { hours: u8 },
    /// Somebody else changed it at the same time.
    #[error("changed meanwhile")]
    ChangedMeanwhile,
    #[error("the endpoint is {status}")]
    NotSending { status: EndpointStatus },
    /// The rider's consent has gone or does not cover it, its application is not approved, or the
    /// endpoint is bound to another one.
    #[error("no consent")]
    NoConsent,
    #[error("the other endpoint is none")]
    NoTarget,
    #[error("the time range is empty")]
    EmptyRange,
    #[error("{REPLAYS_WAITING_MAX} replays wait at the endpoint already")]
    ReplaysWaiting,
    #[error("pending deliveries are not replayed")]
    PendingAsked,
}

impl From<WebhookError> for ApiError {
    fn from(error: WebhookError) -> Self {
        match error {
            WebhookError::Db(error) => error.into(),
            WebhookError::Sealed(error) => Self::internal(error),
            WebhookError::NotFound => Self::new(Code::NotFound),
            WebhookError::NotActive { .. } => Self::new(Code::PartnerNotActive),
            WebhookError::TierInsufficient { event: None } => tier(Tier::Pro, None),
            WebhookError::TierInsufficient { event: Some(event) } => tier(event.tier_min(), Some(event)),
            WebhookError::Url(Invalid { rule, id, en }) => Self::invalid("url", rule.code(), id, en),
            WebhookError::NoEvents => Self::invalid(
                "events",
                "required",
                "Pilih paling sedikit satu event",
                "Name one event at least",
            ),
            WebhookError::TooMany => wrong_state(
                format!("Paling banyak {ENDPOINTS_MAX} endpoint per lingkungan; hapus yang tidak dipakai."),
                format!("At most {ENDPOINTS_MAX} endpoints per environment; delete those you do not use."),
            ),
            WebhookError::NoApplication => Self::invalid(
                "application_id",
                "unknown_value",
                "Bukan aplikasi Anda di lingkungan ini",
                "Not an application of yours in this environment",
            ),
            WebhookError::OldSecrets { refused, now } => wrong_state(
                format!("{OLD_SECRETS_MAX} secret lama masih berlaku; akhiri masa tumpang tindih dulu."),
                format!("{OLD_SECRETS_MAX} old secrets are valid still; end the overlap first."),
            )
            .retry_at(now, refused.try_again_at),
            WebhookError::Overlap { .. } => Self::invalid(
                "overlap_hours",
                "out_of_range",
                "Bilangan bulat 0 sampai 24",
                "A whole number from 0 to 24",
            ),
            WebhookError::ChangedMeanwhile => wrong_state(
                "Endpoint ini baru saja diubah; periksa lalu ulangi.",
                "This endpoint was changed just now; look at it and try again.",
            ),
            WebhookError::NotSending { status: EndpointStatus::Disabled } => wrong_state(
                "Endpoint ini dinonaktifkan; aktifkan dulu.",
                "This endpoint is disabled; make it active first.",
            ),
            WebhookError::NotSending { .. } => wrong_state(
                "Endpoint ini dijeda; aktifkan dulu.",
                "This endpoint is paused; make it active first.",
            ),
            WebhookError::NoConsent => wrong_state(
                "Izin pengguna sudah dicabut atau tidak mencakup event ini, aplikasinya tidak disetujui, atau endpoint terikat ke aplikasi lain.",
                "The rider's consent was withdrawn or does not cover this event, its application is not approved, or the endpoint is bound to another one.",
            ),
            WebhookError::NoTarget => Self::invalid(
                "to_endpoint",
                "unknown_value",
                "Bukan endpoint Anda di lingkungan ini",
                "Not an endpoint of yours in this environment",
            ),
            WebhookError::EmptyRange => {
                Self::invalid("to", "out_of_range", "Harus sesudah `from`", "It must lie after `from`")
            }
            WebhookError::ReplaysWaiting => wrong_state(
                format!(
                    "Sudah ada {REPLAYS_WAITING_MAX} kiriman ulang yang menunggu di endpoint tujuan; lanjutkan setelah sebagian terkirim."
                ),
                format!(
                    "{REPLAYS_WAITING_MAX} replays wait at the target endpoint already; go on once some of them have been sent."
                ),
            ),
            WebhookError::PendingAsked => Self::invalid(
                "status",
                "unknown_value",
                "Yang masih `pending` akan dikirim juga; pilih status lain",
                "What is `pending` will be sent anyway; name other statuses",
            ),
        }
    }
}

fn wrong_state(
    id: impl Into<std::borrow::Cow<'static, str>>,
    en: impl Into<std::borrow::Cow<'static, str>>,
) -> ApiError {
    ApiError::new(Code::WrongState).detail(id, en)
}

fn tier(tier_min: Tier, event: Option<EventKind>) -> ApiError {
    let tier = tier_min.label();
    let (id, en) = match event {
        None => {
            (format!("Webhook tersedia mulai tier {tier}."), format!("Webhooks begin with the {tier} tier."))
        }
        Some(event) => {
            let event = event.as_str();
            (
                format!("Event `{event}` tersedia mulai tier {tier}."),
                format!("The event `{event}` begins with the {tier} tier."),
            )
        }
    };
    ApiError::new(Code::TierInsufficient).detail(id, en)
}
