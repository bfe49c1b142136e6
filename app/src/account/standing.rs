//! What a partner's status means for what it can do, told where it matters.

use domain::partners::PartnerStatus;
use leptos::prelude::*;

use crate::{
    ui::{Notice, Tone},
    visitor::use_lang,
};

/// A notice while the partner is not active; nothing otherwise.
#[component]
pub fn PartnerStanding(
    status: PartnerStatus,
    /// Why it was rejected or suspended, in the operator's words.
    #[prop(optional_no_strip)]
    reason: Option<String>,
) -> impl IntoView {
    let lang = use_lang();
    let (tone, title, text) = match status {
        PartnerStatus::Active => return None,
        PartnerStatus::Registered => (
            Tone::Warning,
            lang.pick("Email belum diverifikasi", "E-mail not verified yet"),
            lang.pick(
                "Buka tautan di email verifikasi; setelah itu pendaftaran masuk antrean review.",
                "Open the link in the verification mail; the registration is then queued for review.",
            ),
        ),
        PartnerStatus::InReview => (
            Tone::Info,
            lang.pick("Pendaftaran sedang direview", "Your registration is in review"),
            lang.pick(
                "Sandbox sudah dapat dipakai dengan test key. Live key tersedia setelah disetujui; kabarnya kami kirim lewat email.",
                "The sandbox is open to your test keys already. Live keys come with the approval; we will tell you by e-mail.",
            ),
        ),
        PartnerStatus::Rejected => (
            Tone::Danger,
            lang.pick("Pendaftaran ditolak", "Registration rejected"),
            lang.pick("Live key tidak dapat dibuat.", "Live keys cannot be made."),
        ),
        PartnerStatus::Suspended => (
            Tone::Danger,
            lang.pick("Partner ditangguhkan", "Partner suspended"),
            lang.pick(
                "Panggilan dengan kunci Anda ditolak (403 partner_suspended) sampai penangguhan dicabut.",
                "Calls with your keys are refused (403 partner_suspended) until you are reinstated.",
            ),
        ),
    };
    let reason = reason.map(|reason| {
        view! {
            <p>
                <b>{lang.pick("Alasan: ", "Reason: ")}</b>
                {reason}
            </p>
        }
    });
    Some(view! {
        <Notice tone=tone title=title>
            <p>{text}</p>
            {reason}
        </Notice>
    })
}
