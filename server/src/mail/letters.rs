//! The words of every mail, in one place. Indonesian first, English below it.

use domain::{
    applications::Step,
    identity::EmailAddress,
    partners::{MemberRole, PartnerStatus},
    return_to::ReturnTo,
    tiers::Tier,
    time::JAKARTA,
    webhooks::DisabledReason,
};
use jiff::Timestamp;

use super::{
    Letter,
    letter::{LINK_BYTES_MAX, Text},
};

pub(super) fn text(subject: impl Into<String>, paragraphs: impl IntoIterator<Item = String>) -> Text {
    Text { subject: subject.into(), paragraphs: paragraphs.into_iter().collect() }
}

/// A mailed link that leads on to where somebody was going, where that fits into one line.
pub(super) fn leading_on(link: String, return_to: &ReturnTo) -> String {
    let longer = return_to.by_way_of(&link);
    if longer.len() <= LINK_BYTES_MAX { longer } else { link }
}

/// Where a mailed link leads. Tokens are URL-safe.
pub(super) fn link(portal_url: &str, page: &str, token: &str) -> String {
    format!("{portal_url}/{page}?token={token}")
}

/// To whoever signed up: is this your address?
#[must_use]
pub fn verify_email(
    to: &EmailAddress,
    name: &str,
    organisation: &str,
    portal_url: &str,
    token: &str,
) -> Letter {
    let link = link(portal_url, "verify-email", token);
    Letter::new(
        to,
        &text("Verifikasi email Anda", [
            format!("Halo {name},"),
            format!("Alamat ini didaftarkan untuk \"{organisation}\" di portal NFC Gate Open API. Buka tautan ini untuk memverifikasinya; tautan berlaku 24 jam:"),
            link.clone(),
            "Bila bukan Anda yang mendaftar, abaikan email ini: tanpa verifikasi tidak ada akun yang dibuka.".to_owned(),
        ]),
        &text("Verify your e-mail", [
            format!("Hello {name},"),
            format!("This address was signed up for \"{organisation}\" at the NFC Gate Open API portal. Open this link to verify it; it works for 24 hours:"),
            link,
            "If it was not you, ignore this mail: without verification no account is opened.".to_owned(),
        ]),
    )
}

/// To the owner of an account whose address was signed up once more.
#[must_use]
pub fn signed_up_again(to: &EmailAddress, name: &str, portal_url: &str) -> Letter {
    Letter::new(
        to,
        &text("Anda sudah punya akun", [
            format!("Halo {name},"),
            "Seseorang, mungkin Anda, mendaftar di portal NFC Gate Open API dengan alamat ini. Alamat ini sudah punya akun, jadi tidak ada yang berubah.".to_owned(),
            format!("Masuk: {portal_url}/sign-in"),
            format!("Lupa kata sandi: {portal_url}/forgot-password"),
        ]),
        &text("You have an account already", [
            format!("Hello {name},"),
            "Somebody, perhaps you, signed up at the NFC Gate Open API portal with this address. It has an account already, so nothing has changed.".to_owned(),
            format!("Sign in: {portal_url}/sign-in"),
            format!("Forgot your password: {portal_url}/forgot-password"),
        ]),
    )
}

#[must_use]
pub fn reset_password(to: &EmailAddress, name: &str, portal_url: &str, token: &str) -> Letter {
    let link = link(portal_url, "reset-password", token);
    Letter::new(
        to,
        &text(
            "Atur ulang kata sandi",
            [
                format!("Halo {name},"),
                "Buka tautan ini untuk memilih kata sandi baru; tautan berlaku satu jam dan hanya sekali:"
                    .to_owned(),
                link.clone(),
                "Bila bukan Anda yang meminta, abaikan email ini: kata sandi tidak berubah.".to_owned(),
            ],
        ),
        &text(
            "Reset your password",
            [
                format!("Hello {name},"),
                "Open this link to choose a new password; it works for one hour, once:".to_owned(),
                link,
                "If you did not ask for it, ignore this mail: your password has not changed.".to_owned(),
            ],
        ),
    )
}

#[must_use]
pub fn password_changed(to: &EmailAddress, name: &str, portal_url: &str) -> Letter {
    Letter::new(
        to,
        &text(
            "Kata sandi Anda diganti",
            [
                format!("Halo {name},"),
                "Kata sandi akun Anda baru saja diganti dan semua sesi lain diakhiri.".to_owned(),
                format!("Bila bukan Anda, segera atur ulang: {portal_url}/forgot-password"),
            ],
        ),
        &text(
            "Your password was changed",
            [
                format!("Hello {name},"),
                "The password of your account was changed just now, and all other sessions were ended."
                    .to_owned(),
                format!("If it was not you, reset it at once: {portal_url}/forgot-password"),
            ],
        ),
    )
}

/// Two-step verification was turned on or off.
#[must_use]
pub fn totp_changed(to: &EmailAddress, name: &str, enabled: bool, portal_url: &str) -> Letter {
    let (id, en) = if enabled { ("diaktifkan", "on") } else { ("dimatikan", "off") };
    Letter::new(
        to,
        &text(
            format!("Verifikasi dua langkah {id}"),
            [
                format!("Halo {name},"),
                format!("Verifikasi dua langkah untuk akun Anda baru saja {id}."),
                format!("Bila bukan Anda, segera ganti kata sandi: {portal_url}/forgot-password"),
            ],
        ),
        &text(
            format!("Two-step verification turned {en}"),
            [
                format!("Hello {name},"),
                format!("Two-step verification of your account was turned {en} just now."),
                format!("If it was not you, change your password at once: {portal_url}/forgot-password"),
            ],
        ),
    )
}

#[must_use]
pub fn invitation(
    to: &EmailAddress,
    name: &str,
    organisation: &str,
    role: MemberRole,
    portal_url: &str,
    token: &str,
) -> Letter {
    let link = link(portal_url, "accept-invitation", token);
    let role = role.as_str();
    Letter::new(
        to,
        &text(
            format!("Undangan dari {organisation}"),
            [
                format!("Halo {name},"),
                format!(
                    "\"{organisation}\" mengundang Anda sebagai anggota ({role}) di portal NFC Gate Open API. Buka tautan ini untuk menerimanya; tautan berlaku 7 hari:"
                ),
                link.clone(),
                "Bila Anda tidak mengenal pengundangnya, abaikan email ini.".to_owned(),
            ],
        ),
        &text(
            format!("Invitation from {organisation}"),
            [
                format!("Hello {name},"),
                format!(
                    "\"{organisation}\" invites you as a member ({role}) at the NFC Gate Open API portal. Open this link to accept; it works for 7 days:"
                ),
                link,
                "If you do not know who invites you, ignore this mail.".to_owned(),
            ],
        ),
    )
}

/// To somebody with an account who was invited elsewhere: one address, one account.
#[must_use]
pub fn invitation_to_known(to: &EmailAddress, name: &str, organisation: &str) -> Letter {
    Letter::new(
        to,
        &text(
            format!("Undangan dari {organisation}"),
            [
                format!("Halo {name},"),
                format!(
                    "\"{organisation}\" mengundang Anda di portal NFC Gate Open API, tetapi alamat ini sudah punya akun. Minta mereka mengundang alamat lain bila Anda ingin bergabung."
                ),
            ],
        ),
        &text(
            format!("Invitation from {organisation}"),
            [
                format!("Hello {name},"),
                format!(
                    "\"{organisation}\" invites you at the NFC Gate Open API portal, but this address has an account already. Ask them to invite another address if you want to join."
                ),
            ],
        ),
    )
}

#[must_use]
pub fn approved(to: &EmailAddress, organisation: &str, tier: Tier, portal_url: &str) -> Letter {
    let tier = tier.label();
    Letter::new(
        to,
        &text(
            format!("{organisation} disetujui"),
            [
                format!(
                    "Pendaftaran \"{organisation}\" disetujui dengan tier {tier}. Live key sekarang dapat dibuat:"
                ),
                format!("{portal_url}/keys"),
            ],
        ),
        &text(
            format!("{organisation} is approved"),
            [
                format!(
                    "The registration of \"{organisation}\" is approved on the {tier} tier. Live keys can be made now:"
                ),
                format!("{portal_url}/keys"),
            ],
        ),
    )
}

/// Rejected or suspended, with the reason; reinstated, without.
#[must_use]
pub fn status_changed(
    to: &EmailAddress,
    organisation: &str,
    status: PartnerStatus,
    reason: Option<&str>,
) -> Letter {
    let (subject_id, subject_en, id, en) = match status {
        PartnerStatus::Rejected => (
            "tidak disetujui",
            "is not approved",
            "Pendaftaran ini tidak disetujui.",
            "This registration is not approved.",
        ),
        PartnerStatus::Suspended => (
            "ditangguhkan",
            "is suspended",
            "Akses API ditangguhkan: semua key ditolak sampai dipulihkan.",
            "API access is suspended: all keys are refused until it is reinstated.",
        ),
        PartnerStatus::Active => (
            "dipulihkan",
            "is reinstated",
            "Akses API dipulihkan: key yang ada berlaku lagi.",
            "API access is reinstated: existing keys work again.",
        ),
        PartnerStatus::InReview | PartnerStatus::Registered => (
            "sedang ditinjau",
            "is in review",
            "Pendaftaran ini sedang ditinjau.",
            "This registration is in review.",
        ),
    };
    let paragraphs = |text: &str, label: &str| {
        let reason = reason.map(|reason| format!("{label}: {reason}"));
        [Some(format!("\"{organisation}\"")), Some(text.to_owned()), reason]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
    };
    Letter::new(
        to,
        &text(format!("{organisation} {subject_id}"), paragraphs(id, "Alasan")),
        &text(format!("{organisation} {subject_en}"), paragraphs(en, "Reason")),
    )
}

/// The terms after a change: tier, and limits by contract if there are any.
#[must_use]
pub fn terms_changed(
    to: &EmailAddress,
    organisation: &str,
    tier: Tier,
    quota_per_day: Option<u64>,
    burst_per_minute: Option<u64>,
) -> Letter {
    let tier = tier.label();
    let limit =
        |own: &str, limit: Option<u64>| limit.map_or_else(|| own.to_owned(), |limit| limit.to_string());
    Letter::new(
        to,
        &text(
            format!("Tier {organisation} diubah"),
            [
                format!("\"{organisation}\" sekarang memakai tier {tier}."),
                format!(
                    "Kuota per hari: {}\nBurst per menit: {}",
                    limit("sesuai tier", quota_per_day),
                    limit("sesuai tier", burst_per_minute)
                ),
            ],
        ),
        &text(
            format!("The tier of {organisation} has changed"),
            [
                format!("\"{organisation}\" is on the {tier} tier now."),
                format!(
                    "Quota per day: {}\nBurst per minute: {}",
                    limit("the tier's", quota_per_day),
                    limit("the tier's", burst_per_minute)
                ),
            ],
        ),
    )
}

/// Somebody found a key and ended it. `shown` is its prefix and its last four characters.
#[must_use]
pub fn key_leaked(
    to: &EmailAddress,
    organisation: &str,
    key_name: &str,
    shown: &str,
    portal_url: &str,
) -> Letter {
    Letter::new(
        to,
        &text("API key dicabut karena bocor", [
            format!("API key \"{key_name}\" ({shown}) milik \"{organisation}\" dilaporkan bocor dan langsung dicabut. Siapa pun yang memegang sebuah key dapat mencabutnya."),
            format!("Buat key pengganti: {portal_url}/keys"),
            "Cari tempat key itu terbuka (repositori kode, log, aplikasi di perangkat pengguna) sebelum memakai penggantinya.".to_owned(),
        ]),
        &text("API key revoked: it has leaked", [
            format!("The API key \"{key_name}\" ({shown}) of \"{organisation}\" was reported as leaked and revoked at once. Whoever holds a key can revoke it."),
            format!("Make a new one: {portal_url}/keys"),
            "Find where the key was exposed (code repository, log, an app on users' devices) before you use the new one.".to_owned(),
        ]),
    )
}

/// What an operator decided about a live application, or about a change of one.
#[must_use]
pub fn application_decided(
    to: &EmailAddress,
    application: &str,
    step: Step,
    was_change: bool,
    reason: Option<&str>,
    page: &str,
) -> Letter {
    let (subject_id, subject_en, id, en) = match (step, was_change) {
        (Step::Approve, false) => (
            "disetujui",
            "is approved",
            "Aplikasi ini disetujui dan sekarang boleh meminta persetujuan penumpang.",
            "This application is approved and may ask riders for consent now.",
        ),
        (Step::Approve, true) => (
            "perubahannya disetujui",
            "has its change approved",
            "Perubahan aplikasi ini disetujui dan sudah berlaku.",
            "The change of this application is approved and holds now.",
        ),
        (Step::Reject, false) => (
            "tidak disetujui",
            "is not approved",
            "Aplikasi ini tidak disetujui. Setelah diubah, aplikasi ditinjau lagi.",
            "This application is not approved. Once you change it, it is reviewed again.",
        ),
        (Step::Reject, true) => (
            "perubahannya tidak disetujui",
            "has its change refused",
            "Perubahan aplikasi ini tidak disetujui. Yang disetujui sebelumnya tetap berlaku.",
            "The change of this application is not approved. What was approved before still holds.",
        ),
        (Step::Disable, _) => (
            "dinonaktifkan",
            "is disabled",
            "Aplikasi ini dinonaktifkan: semua token berakhir, dan penumpang tidak dapat lagi diminta persetujuan.",
            "This application is disabled: all its tokens have ended, and riders can't be asked for consent.",
        ),
    };
    let paragraphs = |words: &str, label: &str| {
        let reason = reason.map(|reason| format!("{label}: {reason}"));
        [Some(format!("\"{application}\"")), Some(words.to_owned()), reason, Some(page.to_owned())]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
    };
    Letter::new(
        to,
        &text(format!("Aplikasi {application} {subject_id}"), paragraphs(id, "Alasan")),
        &text(format!("The application {application} {subject_en}"), paragraphs(en, "Reason")),
    )
}

/// An endpoint for webhooks has not answered for long.
#[must_use]
pub fn webhook_failing(
    to: &EmailAddress,
    organisation: &str,
    url: &str,
    since: Timestamp,
    until: Timestamp,
    portal_url: &str,
) -> Letter {
    let (since, until) = (jakarta_minute(since), jakarta_minute(until));
    Letter::new(
        to,
        &text(
            "Endpoint webhook Anda gagal",
            [
                format!("Halo {organisation},"),
                format!("Sejak {since} WIB tidak satu pun pengiriman ke endpoint ini berhasil:"),
                url.to_owned(),
                format!(
                    "Kami terus mencoba. Bila tetap gagal sampai {until} WIB, endpoint dinonaktifkan; peristiwa yang menunggu tidak hilang dan dapat dikirim ulang."
                ),
                format!("Lihat jawaban server Anda di log pengiriman: {portal_url}/webhooks/deliveries"),
            ],
        ),
        &text(
            "Your webhook endpoint is failing",
            [
                format!("Hello {organisation},"),
                format!("Not one delivery to this endpoint has succeeded since {since} in Jakarta:"),
                url.to_owned(),
                format!(
                    "We go on trying. If it still fails by {until}, the endpoint is disabled; events that wait are not lost and can be sent again."
                ),
                format!(
                    "See what your server answered in the delivery log: {portal_url}/webhooks/deliveries"
                ),
            ],
        ),
    )
}

/// An endpoint for webhooks was disabled.
#[must_use]
pub fn webhook_disabled(
    to: &EmailAddress,
    organisation: &str,
    url: &str,
    reason: DisabledReason,
    portal_url: &str,
) -> Letter {
    let (id, en) = match reason {
        DisabledReason::Failing => (
            "Selama lima hari tidak satu pun pengiriman berhasil.",
            "Not one delivery has succeeded for five days.",
        ),
        DisabledReason::Gone => (
            "Server Anda menjawab 410 Gone: ia tidak ingin menerima apa pun lagi.",
            "Your server answered 410 Gone: it wants nothing more.",
        ),
    };
    Letter::new(
        to,
        &text(
            "Endpoint webhook Anda dinonaktifkan",
            [
                format!("Halo {organisation},"),
                format!("Endpoint ini dinonaktifkan dan tidak dipanggil lagi: {url}"),
                id.to_owned(),
                format!(
                    "Setelah server Anda siap, aktifkan lagi dan kirim ulang yang terlewat: {portal_url}/webhooks"
                ),
            ],
        ),
        &text(
            "Your webhook endpoint was disabled",
            [
                format!("Hello {organisation},"),
                format!("This endpoint was disabled and is called no more: {url}"),
                en.to_owned(),
                format!(
                    "Once your server is ready, make it active again and replay what it missed: {portal_url}/webhooks"
                ),
            ],
        ),
    )
}

fn jakarta_minute(at: Timestamp) -> String {
    JAKARTA.to_datetime(at).strftime("%Y-%m-%d %H:%M").to_string()
}
