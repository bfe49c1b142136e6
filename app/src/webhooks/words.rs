//! Where endpoints, deliveries and attempts stand, in words; and where they are read.

use std::future::Future;

use domain::{
    applications::ApplicationView,
    events::EventKind,
    keys::Environment,
    lang::Lang,
    page::Page,
    samples,
    webhooks::{AttemptError, DeliveryStatus, DisabledReason, EndpointStatus, EndpointView},
};
use leptos::prelude::*;

use crate::{
    api::{self, Failure},
    keys::environment_name,
    ui::{Badge, Choice, Tab, Tone},
    visitor::use_lang,
};

/// The portal's API on endpoints.
pub const ENDPOINTS_API: &str = "/portal-api/v1/webhooks";
/// And on deliveries.
pub const DELIVERIES_API: &str = "/portal-api/v1/webhook-deliveries";

/// All endpoints of an environment.
pub(super) fn endpoints(
    environment: Environment,
) -> impl Future<Output = Result<Page<EndpointView>, Failure>> + Send {
    api::get(format!("{ENDPOINTS_API}?environment={environment}&limit=100"))
}

/// The partner's applications, of either environment.
pub(super) fn applications() -> impl Future<Output = Result<Page<ApplicationView>, Failure>> + Send {
    api::get("/portal-api/v1/applications?limit=100")
}

/// An address with those of its query's values that are not empty.
pub(super) fn address(path: &str, query: &[(&str, &str)]) -> String {
    let query: Vec<_> = query.iter().copied().filter(|(_, value)| !value.is_empty()).collect();
    samples::url("", path, &[], &query)
}

/// The address of one of a list. What a reader puts in its place stays one segment.
pub(super) fn one(list: &str, id: &str) -> String {
    samples::url("", &format!("{list}/{{id}}"), &[("id", id)], &[])
}

/// The two environments as tabs of a page.
pub(super) fn tabs(path: &str, counts: [u64; 2], current: Environment) -> Vec<Tab> {
    let tab = |(environment, count): (Environment, u64)| Tab {
        href: format!("{path}?environment={environment}"),
        label: format!("{} ({count})", environment_name(environment)),
        current: environment == current,
    };
    [(Environment::Live, counts[0]), (Environment::Test, counts[1])].map(tab).into()
}

/// Every kind of event, and none of them.
pub(super) fn event_choices(any: &str) -> Vec<Choice> {
    let kinds = EventKind::ALL.iter().map(|kind| Choice::new(kind.as_str(), kind.as_str()));
    [Choice::new("", any)].into_iter().chain(kinds).collect()
}

/// Where an endpoint stands, with what ails it.
#[component]
pub(super) fn EndpointBadge(endpoint: EndpointView) -> impl IntoView {
    let lang = use_lang();
    let (tone, word) = match endpoint.status {
        EndpointStatus::Active if endpoint.failing_since.is_some() => {
            (Tone::Warning, lang.pick("Gagal", "Failing"))
        }
        EndpointStatus::Active => (Tone::Success, lang.pick("Aktif", "Active")),
        EndpointStatus::Paused => (Tone::Neutral, lang.pick("Dijeda", "Paused")),
        EndpointStatus::Disabled => (Tone::Danger, lang.pick("Dinonaktifkan", "Disabled")),
    };
    view! { <Badge tone=tone>{word}</Badge> }
}

/// Why the server disabled an endpoint, in a sentence.
pub(super) fn disabled(lang: Lang, reason: Option<DisabledReason>) -> &'static str {
    match reason {
        Some(DisabledReason::Gone) => lang.pick(
            "Server Anda menjawab 410 Gone: tidak mau menerima lagi.",
            "Your server answered 410 Gone: it wants nothing more.",
        ),
        Some(DisabledReason::Failing) => lang.pick(
            "Tidak ada kiriman yang berhasil selama lima hari.",
            "No delivery has succeeded for five days.",
        ),
        None => lang.pick("Dinonaktifkan.", "Disabled."),
    }
}

#[must_use]
pub(super) fn delivery_status(lang: Lang, status: DeliveryStatus) -> (Tone, &'static str) {
    match status {
        DeliveryStatus::Pending => (Tone::Info, lang.pick("Menunggu", "Waiting")),
        DeliveryStatus::Delivered => (Tone::Success, lang.pick("Terkirim", "Delivered")),
        DeliveryStatus::Exhausted => (Tone::Danger, lang.pick("Gagal", "Failed")),
        DeliveryStatus::Gone => (Tone::Danger, lang.pick("Ditolak (410)", "Gone (410)")),
        DeliveryStatus::Cancelled => (Tone::Neutral, lang.pick("Dibatalkan", "Cancelled")),
    }
}

/// Where a delivery stands. One that waits after a failure says so.
#[component]
pub(super) fn DeliveryBadge(status: DeliveryStatus, attempts: u32) -> impl IntoView {
    let lang = use_lang();
    let (tone, word) = match status {
        DeliveryStatus::Pending if attempts > 0 => (Tone::Warning, lang.pick("Dicoba lagi", "Retrying")),
        status => delivery_status(lang, status),
    };
    view! { <Badge tone=tone>{word}</Badge> }
}

/// Why an attempt had no answer, and what to look at.
#[must_use]
pub(super) fn attempt_error(lang: Lang, error: AttemptError) -> &'static str {
    match error {
        AttemptError::DnsFailed => {
            lang.pick("Nama host tidak ditemukan di DNS.", "The host's name is not in the DNS.")
        }
        AttemptError::AddressNotAllowed => lang.pick(
            "Nama host mengarah ke alamat yang tidak boleh dihubungi (privat, loopback, atau khusus).",
            "The host's name leads to an address that is never called (private, loopback or special).",
        ),
        AttemptError::ConnectFailed => lang.pick(
            "Sambungan ditolak atau tidak dijawab. Periksa port dan firewall.",
            "The connection was refused or not answered. Look at port and firewall.",
        ),
        AttemptError::TlsFailed => lang.pick(
            "TLS gagal: sertifikat tidak sah, kedaluwarsa, atau bukan untuk nama ini.",
            "TLS failed: the certificate does not hold, has expired, or is not for this name.",
        ),
        AttemptError::TimedOut => lang.pick(
            "Tidak selesai dalam batas waktu. Jawab dulu, kerjakan sesudahnya.",
            "It took longer than it may. Answer first, work afterwards.",
        ),
        AttemptError::ConnectionLost => {
            lang.pick("Sambungan putus sebelum ada jawaban.", "The connection ended before an answer.")
        }
        AttemptError::BadAnswer => {
            lang.pick("Jawabannya bukan HTTP yang dapat dibaca.", "The answer is no HTTP that can be read.")
        }
        AttemptError::NotSent => lang.pick(
            "Permintaan tidak sempat dikirim; akan dicoba lagi.",
            "The request could not be sent; it will be tried again.",
        ),
    }
}

/// The host and path of an endpoint, as a table has room for.
#[must_use]
pub(super) fn short_url(url: &str) -> String {
    const CHARS_MAX: usize = 48;
    let bare = url.split_once("://").map_or(url, |(_, rest)| rest);
    match bare.char_indices().nth(CHARS_MAX) {
        None => bare.to_owned(),
        Some((end, _)) => format!("{}…", &bare[..end]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_holds_what_was_chosen_and_nothing_else() {
        let query = [("environment", "test"), ("event", ""), ("from", "2026-03-08T15:41")];
        assert_eq!(
            address("/webhooks/deliveries", &query),
            "/webhooks/deliveries?environment=test&from=2026-03-08T15%3A41"
        );
    }

    #[test]
    fn an_id_out_of_an_address_stays_one_segment() {
        assert_eq!(one(DELIVERIES_API, "../x?y"), format!("{DELIVERIES_API}/..%2Fx%3Fy"));
    }

    #[test]
    fn a_long_url_is_cut_between_characters() {
        assert_eq!(short_url("https://a.example/b"), "a.example/b");
        assert_eq!(short_url(&format!("https://{}", "é".repeat(60))).chars().count(), 49);
    }
}
