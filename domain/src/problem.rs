//! What goes wrong, in words: RFC 9457 problem details with a stable code.
//!
//! [`Code`] is the one list of everything the JSON surfaces answer with besides success; the server
//! answers from it and the page "Rate Limiting & Error Codes" is printed from it.

use serde::{Deserialize, Serialize};

use crate::lang::Lang;

/// Body of every answer that is not a success (`application/problem+json`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// Address of the paragraph that explains the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// What kind of thing went wrong, in the caller's language.
    pub title: String,
    /// The HTTP status again.
    pub status: u16,
    /// What went wrong this time, and what to do.
    pub detail: String,
    /// Stable name of the kind; never translated, never renamed.
    pub code: String,
    /// To quote when asking for help; also in `X-Request-Id`.
    pub request_id: String,
    /// The fields at fault (400 and 422 only).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
}

/// One field at fault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldError {
    /// Name of the parameter or member, as it was to be sent.
    pub field: String,
    /// Stable name of the fault: `required`, `unknown_station`, `too_short`…
    pub code: String,
    /// The fault in the caller's language.
    pub message: String,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $code:literal, $status:literal, $title_id:literal, $title_en:literal, $advice_id:literal, $advice_en:literal;)*) => {
        /// Every kind of refusal, with its HTTP status and its words.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code { $($(#[$doc])* $variant,)* }

        impl Code {
            /// All codes, by status.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Stable name on the wire.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// HTTP status.
            #[must_use]
            pub const fn status(self) -> u16 {
                match self { $(Self::$variant => $status,)* }
            }

            /// What it means, in a few words.
            #[must_use]
            pub fn title(self, lang: Lang) -> &'static str {
                match self { $(Self::$variant => lang.pick($title_id, $title_en),)* }
            }

            /// What the caller can do about it.
            #[must_use]
            pub fn advice(self, lang: Lang) -> &'static str {
                match self { $(Self::$variant => lang.pick($advice_id, $advice_en),)* }
            }
        }
    };
}

codes! {
    MalformedRequest = "malformed_request", 400,
        "Permintaan tidak terbaca", "Request cannot be read",
        "Periksa sintaks URL, header, dan JSON.", "Check the syntax of the URL, the headers and the JSON.";
    InvalidParameter = "invalid_parameter", 400,
        "Parameter tidak valid", "Invalid parameter",
        "Perbaiki parameter yang disebut di `errors`.", "Correct the parameters named in `errors`.";
    MissingCredential = "missing_credential", 401,
        "Kredensial tidak ada", "Credential missing",
        "Kirim API key Anda di header X-API-Key.", "Send your API key in the X-API-Key header.";
    InvalidApiKey = "invalid_api_key", 401,
        "API Key tidak valid / expired", "API key invalid or expired",
        "Periksa key yang dikirim, atau buat key baru di portal.", "Check the key you send, or make a new one in the portal.";
    /// Calls with a bearer token only.
    InvalidToken = "invalid_token", 401,
        "Access token tidak valid / expired", "Access token invalid or expired",
        "Minta access token baru dengan refresh token, atau persetujuan baru.", "Ask for a new access token with the refresh token, or for consent anew.";
    /// Gates only, as the next two.
    UnknownGate = "unknown_gate", 401,
        "Gate tidak dikenal", "Unknown gate",
        "Periksa X-Gate-Id; gate harus dibuat dan diberi secret oleh operator.", "Check X-Gate-Id; a gate has to be made and given its secret by the operator.";
    BadSignature = "bad_signature", 401,
        "Tanda tangan gate salah", "Wrong gate signature",
        "Hitung HMAC-SHA256 atas X-Gate-Timestamp, titik, dan byte isi yang dikirim, dengan secret gate ini.", "Compute the HMAC-SHA256 over X-Gate-Timestamp, a full stop and the bytes of the body as sent, with this gate's secret.";
    StaleTimestamp = "stale_timestamp", 401,
        "Waktu pesan gate terlalu jauh", "Gate message out of time",
        "Setel jam gate: X-Gate-Timestamp boleh berbeda paling banyak 120 detik.", "Set the gate's clock: X-Gate-Timestamp may be off by 120 seconds at most.";
    NotSignedIn = "not_signed_in", 401,
        "Anda belum masuk", "You are not signed in",
        "Masuk ke portal lalu ulangi.", "Sign in to the portal and try again.";
    WrongCredentials = "wrong_credentials", 401,
        "Email, kata sandi, atau kode salah", "Wrong e-mail, password or code",
        "Periksa penulisannya, atau atur ulang kata sandi.", "Check the spelling, or reset your password.";
    TotpRequired = "totp_required", 401,
        "Kode verifikasi diperlukan", "Verification code required",
        "Isi kode enam angka dari aplikasi autentikator.", "Enter the six digits of your authenticator app.";
    GateRetired = "gate_retired", 403,
        "Gate sudah dipensiunkan", "Gate retired",
        "Gate ini tidak boleh mengirim lagi; buat gate baru bila masih dipakai.", "This gate may send nothing any more; make a new one if it is still in use.";
    NotAllowed = "not_allowed", 403,
        "Tidak diizinkan", "Not allowed",
        "Peran Anda tidak mencakup tindakan ini.", "Your role does not include this act.";
    ScopeInsufficient = "scope_insufficient", 403,
        "Scope tidak cukup", "Scope insufficient",
        "Minta persetujuan user untuk scope yang disebut.", "Ask the user to consent to the scope named.";
    TierInsufficient = "tier_insufficient", 403,
        "Tier tidak cukup", "Tier insufficient",
        "Fitur ini tersedia mulai tier yang disebut.", "The feature begins with the tier named.";
    IpNotAllowed = "ip_not_allowed", 403,
        "Alamat IP tidak diizinkan", "IP address not allowed",
        "Tambahkan alamat ke daftar IP key tersebut.", "Add the address to the key's IP list.";
    BrowserKeyRefused = "browser_key_refused", 403,
        "Live key tidak boleh dipakai di browser", "Live key refused from a browser",
        "Panggil API dari server Anda, atau kunci key ke origin.", "Call the API from your server, or lock the key to an origin.";
    PartnerSuspended = "partner_suspended", 403,
        "Partner ditangguhkan", "Partner suspended",
        "Hubungi tim partner KCI.", "Write to the KCI partner team.";
    PartnerNotActive = "partner_not_active", 403,
        "Partner belum aktif", "Partner not active yet",
        "Live key tersedia setelah pendaftaran disetujui.", "Live keys come once your registration is approved.";
    TestKeyRequired = "test_key_required", 403,
        "Hanya untuk test key", "For test keys only",
        "Panggil dengan key nfcg_test_…; live key tidak punya jaringan uji.", "Call with an nfcg_test_… key; a live key has no test network.";
    CrossOrigin = "cross_origin", 403,
        "Permintaan lintas origin ditolak", "Cross-origin request refused",
        "Kirim formulir dari halaman portal sendiri.", "Send the form from the portal's own page.";
    TotpEnrolmentRequired = "totp_enrolment_required", 403,
        "Verifikasi dua langkah wajib", "Two-step verification is required",
        "Aktifkan verifikasi dua langkah di halaman akun.", "Turn on two-step verification on the account page.";
    NotFound = "not_found", 404,
        "Resource tidak ditemukan", "Resource not found",
        "Periksa id dan alamatnya.", "Check the id and the address.";
    MethodNotAllowed = "method_not_allowed", 405,
        "Metode tidak didukung", "Method not allowed",
        "Pakai metode yang disebut di header Allow.", "Use a method named in the Allow header.";
    WrongState = "wrong_state", 409,
        "Keadaan tidak sesuai", "Wrong state",
        "Muat ulang, lihat keadaan sekarang, lalu ulangi.", "Reload, look at the present state, then try again.";
    BodyTooLarge = "body_too_large", 413,
        "Isi permintaan terlalu besar", "Body too large",
        "Kirim isi yang lebih kecil.", "Send a smaller body.";
    BatchTooLarge = "batch_too_large", 413,
        "Terlalu banyak tap dalam satu pesan", "Too many taps in one message",
        "Kirim paling banyak 500 tap per pesan.", "Send 500 taps a message at most.";
    UriTooLong = "uri_too_long", 414,
        "URL terlalu panjang", "URL too long",
        "Persingkat path dan query (maksimum 8 KiB).", "Shorten path and query (8 KiB at most).";
    UnsupportedMediaType = "unsupported_media_type", 415,
        "Jenis isi tidak didukung", "Unsupported media type",
        "Kirim JSON dengan Content-Type: application/json.", "Send JSON with Content-Type: application/json.";
    ValidationFailed = "validation_failed", 422,
        "Data tidak valid", "Validation failed",
        "Perbaiki isian yang disebut di `errors`.", "Correct the fields named in `errors`.";
    IdempotencyKeyReused = "idempotency_key_reused", 422,
        "Idempotency-Key sudah dipakai", "Idempotency-Key already used",
        "Pakai key baru untuk permintaan yang berbeda.", "Use a new key for a different request.";
    RateLimited = "rate_limited", 429,
        "Rate limit terlampaui", "Rate limit exceeded",
        "Tunggu selama Retry-After, lalu ulangi.", "Wait for Retry-After, then try again.";
    QuotaExhausted = "quota_exhausted", 429,
        "Kuota harian habis", "Daily quota used up",
        "Kuota baru mulai pukul 00.00 WIB; lihat Retry-After.", "A new quota begins at 00:00 WIB; see Retry-After.";
    TooManyAttempts = "too_many_attempts", 429,
        "Terlalu banyak percobaan", "Too many attempts",
        "Tunggu selama Retry-After, lalu coba lagi.", "Wait for Retry-After, then try again.";
    HeadersTooLarge = "headers_too_large", 431,
        "Header terlalu besar", "Headers too large",
        "Kurangi ukuran header.", "Send smaller headers.";
    Internal = "internal_error", 500,
        "Internal server error", "Internal server error",
        "Kesalahan di pihak kami; sertakan request_id bila menghubungi kami.", "The fault is ours; quote the request_id if you write to us.";
    Unavailable = "unavailable", 503,
        "Layanan sedang tidak tersedia", "Service unavailable",
        "Ulangi setelah Retry-After.", "Try again after Retry-After.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_ordered_by_status() {
        let mut names: Vec<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert!(Code::ALL.is_sorted_by_key(|code| code.status()));
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Code::ALL.len());
    }
}
