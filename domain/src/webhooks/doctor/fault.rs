//! What can be wrong with a delivery as it was received, in words.

use jiff::Timestamp;

use crate::{lang::Lang, time::JAKARTA};

/// One thing that is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Neither `X-NFCG-Signature` nor `webhook-signature`.
    NoSignature,
    HeaderMissing(&'static str),
    HeaderDoubled(&'static str),
    /// The value of one signature header stands in the other.
    HeadersSwapped,
    /// No `sha256=` before the digits.
    PrefixMissing,
    HexUppercase,
    Base64ForHex,
    HexForBase64,
    /// A signature header that holds no signature.
    Unreadable(&'static str),
    TimestampUnreadable,
    TimestampInMilliseconds,
    TimestampOld {
        age_s: i64,
    },
    TimestampAhead {
        ahead_s: i64,
    },
    /// Signed with a secret that is not this endpoint's, or not any more.
    WrongSecret,
    /// The receiver's secret is right, and the single header is signed with the one before.
    KeepsOldSecret {
        until: Timestamp,
    },
    /// Secret and body are right by one signature, and another does not fit.
    HeadersDiffer,
    /// The headers belong to another body.
    OtherMessage,
    /// Read by a JSON library and written again.
    Reserialised,
    /// Spaces, line ends or a byte order mark around it.
    BytesAdded,
    /// A JSON string that contains the JSON.
    DoublyEncoded,
    WrongCharset,
    BodyCut,
    NotJson,
    BytesChanged {
        at: usize,
    },
    /// Neither the secrets nor the body explain it.
    NothingMatches,
}

impl Fault {
    /// Stable name.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoSignature => "no_signature",
            Self::HeaderMissing(_) => "header_missing",
            Self::HeaderDoubled(_) => "header_doubled",
            Self::HeadersSwapped => "headers_swapped",
            Self::PrefixMissing => "prefix_missing",
            Self::HexUppercase => "hex_uppercase",
            Self::Base64ForHex => "base64_for_hex",
            Self::HexForBase64 => "hex_for_base64",
            Self::Unreadable(_) => "signature_unreadable",
            Self::TimestampUnreadable => "timestamp_unreadable",
            Self::TimestampInMilliseconds => "timestamp_in_milliseconds",
            Self::TimestampOld { .. } => "timestamp_old",
            Self::TimestampAhead { .. } => "timestamp_ahead",
            Self::WrongSecret => "wrong_secret",
            Self::KeepsOldSecret { .. } => "keeps_old_secret",
            Self::HeadersDiffer => "headers_differ",
            Self::OtherMessage => "other_message",
            Self::Reserialised => "reserialised",
            Self::BytesAdded => "bytes_added",
            Self::DoublyEncoded => "doubly_encoded",
            Self::WrongCharset => "wrong_charset",
            Self::BodyCut => "body_cut",
            Self::NotJson => "not_json",
            Self::BytesChanged { .. } => "bytes_changed",
            Self::NothingMatches => "nothing_matches",
        }
    }

    /// What is wrong and what to do.
    #[must_use]
    pub fn explain(self, lang: Lang) -> String {
        let words = match self {
            Self::NoSignature => lang.pick(
                "Tidak ada header X-NFCG-Signature maupun webhook-signature. Periksa apakah proxy atau framework Anda membuangnya.",
                "There is neither an X-NFCG-Signature nor a webhook-signature header. See whether your proxy or framework drops them.",
            ),
            Self::HeaderMissing(name) => {
                return lang.pick(
                    format!("Header {name} tidak ada. Standard Webhooks memerlukan ketiganya: webhook-id, webhook-timestamp, webhook-signature."),
                    format!("The header {name} is missing. Standard Webhooks needs all three: webhook-id, webhook-timestamp, webhook-signature."),
                );
            }
            Self::HeaderDoubled(name) => {
                return lang.pick(
                    format!("Header {name} ada dua kali. Kami mengirimnya sekali; periksa proxy Anda."),
                    format!("The header {name} is there twice. We send it once; look at your proxy."),
                );
            }
            Self::HeadersSwapped => lang.pick(
                "Nilai kedua header tertukar: sha256=… milik X-NFCG-Signature, v1,… milik webhook-signature.",
                "The two headers are swapped: sha256=… belongs to X-NFCG-Signature, v1,… to webhook-signature.",
            ),
            Self::PrefixMissing => lang.pick(
                "Nilai X-NFCG-Signature tanpa awalan sha256=. Bandingkan seluruh nilai, termasuk awalannya.",
                "The value of X-NFCG-Signature lacks its sha256= in front. Compare the whole value, that included.",
            ),
            Self::HexUppercase => lang.pick(
                "Digit heksadesimal ditulis dengan huruf besar; kami mengirim huruf kecil dan perbandingannya per byte.",
                "The hex digits are in upper case; we send lower case and the comparison is by bytes.",
            ),
            Self::Base64ForHex => lang.pick(
                "X-NFCG-Signature berisi base64; seharusnya heksadesimal.",
                "X-NFCG-Signature holds base64; it should be hex.",
            ),
            Self::HexForBase64 => lang.pick(
                "webhook-signature berisi heksadesimal; seharusnya base64.",
                "webhook-signature holds hex; it should be base64.",
            ),
            Self::Unreadable(name) => {
                return lang.pick(
                    format!("Isi header {name} bukan tanda tangan; mungkin terpotong."),
                    format!("The header {name} holds no signature; it may have been cut."),
                );
            }
            Self::TimestampUnreadable => lang.pick(
                "webhook-timestamp bukan angka detik sejak 1970.",
                "webhook-timestamp is not a number of seconds since 1970.",
            ),
            Self::TimestampInMilliseconds => lang.pick(
                "webhook-timestamp tampak dalam milidetik; seharusnya detik.",
                "webhook-timestamp seems to be in milliseconds; it should be seconds.",
            ),
            Self::TimestampOld { age_s } => {
                return lang.pick(
                    format!("Dikirim {age_s} detik yang lalu; lewat 300 detik harus ditolak. Setel jam server Anda, atau uji dengan kiriman baru."),
                    format!("Sent {age_s} seconds ago; after 300 seconds it has to be refused. Set your server's clock, or test with a new delivery."),
                );
            }
            Self::TimestampAhead { ahead_s } => {
                return lang.pick(
                    format!("Waktu kirimnya {ahead_s} detik di depan. Setel jam server Anda."),
                    format!("Its time of sending lies {ahead_s} seconds ahead. Set your server's clock."),
                );
            }
            Self::WrongSecret => lang.pick(
                "Ditandatangani dengan secret lain: milik endpoint lain, atau yang sudah diganti. Pakai secret endpoint ini yang sekarang.",
                "Signed with another secret: that of another endpoint, or one that was replaced. Use this endpoint's present secret.",
            ),
            Self::KeepsOldSecret { until } => {
                let until = JAKARTA.to_datetime(until).strftime("%Y-%m-%d %H:%M");
                return lang.pick(
                    format!("Secret Anda benar, tetapi X-NFCG-Signature tetap memakai secret lama sampai {until} WIB, selama keduanya berlaku. Periksa webhook-signature, yang memuat tanda tangan setiap secret, atau pakai secret lama sampai saat itu."),
                    format!("Your secret is right, but X-NFCG-Signature keeps the old secret until {until} WIB, while both are valid. Check webhook-signature, which carries a signature for each secret, or use the old secret until then."),
                );
            }
            Self::HeadersDiffer => lang.pick(
                "Secret dan body benar, tetapi ada header yang berubah, berasal dari percobaan lain, atau ditandatangani dengan secret lama.",
                "Secret and body are right, but a header was changed, belongs to another attempt, or was signed with an old secret.",
            ),
            Self::OtherMessage => lang.pick(
                "Header ini milik kiriman lain, bukan milik body ini.",
                "The headers belong to another delivery than the body.",
            ),
            Self::Reserialised => lang.pick(
                "Body dibaca lalu ditulis ulang oleh pustaka JSON (spasi, escape, atau urutan berubah). Verifikasi byte mentah sebelum parsing.",
                "The body was read and written again by a JSON library (spaces, escapes or order changed). Verify the raw bytes before parsing.",
            ),
            Self::BytesAdded => lang.pick(
                "Ada byte tambahan di awal atau akhir body (baris baru, spasi, atau BOM).",
                "There are extra bytes around the body (a line end, spaces, or a byte order mark).",
            ),
            Self::DoublyEncoded => lang.pick(
                "Body disandikan dua kali: JSON di dalam string JSON. Pakai isi stringnya.",
                "The body is encoded twice: JSON inside a JSON string. Use what is in the string.",
            ),
            Self::WrongCharset => lang.pick(
                "Body dibaca dengan charset lain; isinya UTF-8. Verifikasi byte mentah.",
                "The body was read in another character set; it is UTF-8. Verify the raw bytes.",
            ),
            Self::BodyCut => lang.pick(
                "Body terpotong. Baca sampai Content-Length, dan periksa batas ukuran di server Anda.",
                "The body was cut. Read up to Content-Length, and look at your server's size limit.",
            ),
            Self::NotJson => lang.pick(
                "Body bukan objek JSON; yang kami kirim selalu objek JSON.",
                "The body is no JSON object; what we send always is.",
            ),
            Self::BytesChanged { at } => {
                return lang.pick(
                    format!("Body berbeda dari yang dikirim, mulai byte ke-{at} (dihitung dari 0)."),
                    format!("The body differs from what was sent, beginning at byte {at} (counted from 0)."),
                );
            }
            Self::NothingMatches => lang.pick(
                "Tidak ada secret Anda yang cocok dengan body ini: secret-nya lain, atau ada byte yang berubah.",
                "None of your secrets fits this body: it is another secret, or some bytes were changed.",
            ),
        };
        words.to_owned()
    }
}
