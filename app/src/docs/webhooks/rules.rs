//! What a receiver has to answer, and what happens when it does not: printed from the rules themselves.

use domain::{
    lang::Lang,
    webhooks::{
        HEADER_ID, HEADER_SIGNATURE, HEADER_STANDARD, OLD_SECRETS_MAX, OVERLAP,
        health::{FAILING_MAX, FAILURES_MAX, WAIT_FIRST_S, WAIT_MAX_S, WARN_AFTER},
        schedule::{ANSWER_BYTES_MAX, ASKED_WAIT_MAX_S, ATTEMPT_TIMEOUT_S, ATTEMPTS_MAX, RETRY_AFTER_S},
    },
};
use leptos::prelude::*;

use super::{super::markdown::Markdown, words::duration};
use crate::{
    ui::{Column, Table, fmt},
    visitor::use_lang,
};

/// A length that is written down as a signed number and never is below zero.
fn long(lang: Lang, seconds: i64) -> String {
    duration(lang, seconds.unsigned_abs())
}

#[component]
pub(super) fn Answering() -> impl IntoView {
    let lang = use_lang();
    let timeout = duration(lang, ATTEMPT_TIMEOUT_S);
    let kept = fmt::bytes(lang, ANSWER_BYTES_MAX as u64);
    let text = match lang {
        Lang::Id => format!(
            "- Jawab dengan **2xx dalam {timeout}**, dihitung dari pencarian nama DNS. Simpan event ke antrean Anda lalu jawab; kerjakan isinya sesudah itu.\n\
             - Jawaban lain adalah kegagalan dan dicoba lagi, juga redirect: kami tidak mengikutinya.\n\
             - Isi jawaban tidak dibaca sebagai perintah; {kept} pertama disimpan agar Anda melihatnya di log pengiriman.\n\
             - **Paling sedikit sekali.** Sebuah event dapat datang lebih dari sekali, misalnya bila jawaban Anda hilang di jalan. Kenali dari `id` \
             (sama dengan header `{HEADER_ID}`): sama di setiap percobaan dan setiap replay. Simpan `id` yang sudah dikerjakan dan lewati yang berulang.\n\
             - **Urutan tidak dijamin.** Event sebuah perjalanan membawa `sequence`, naik dari 1; pakai itu untuk menyusunnya kembali. Jangan pakai waktu tiba.\n\
             - Event tersimpan dalam transaksi yang sama dengan faktanya, dan dapat ditarik lewat API selama 30 hari."
        ),
        Lang::En => format!(
            "- Answer with **2xx within {timeout}**, counted from looking up the name. Put the event into a queue of yours, answer, and work on it afterwards.\n\
             - Any other answer is a failure and tried again; so is a redirect, which is not followed.\n\
             - What you answer is no command to us; its first {kept} are kept for you to see in the delivery log.\n\
             - **At least once.** An event may come more than once, if your answer gets lost for example. Know it by its `id` \
             (the same as the header `{HEADER_ID}`), which is the same over all attempts and replays. Keep the ids you have worked on and pass over the rest.\n\
             - **The order is not guaranteed.** The events of a journey carry a `sequence`, rising from 1: go by that to put them in order, and not by when they came.\n\
             - An event is stored in the transaction of its fact, and can be pulled by API for 30 days."
        ),
    };
    view! {
        <section class="section" id="answering">
            <h2>{lang.pick("Yang diharapkan dari server Anda", "What your server has to do")}</h2>
            <Markdown id="answering-text" text=text/>
        </section>
    }
}

#[component]
pub(super) fn Retries() -> impl IntoView {
    let lang = use_lang();
    let mut elapsed = 0;
    let waits = std::iter::once(None).chain(RETRY_AFTER_S.iter().copied().map(Some));
    let rows = waits.zip(1_u32..).map(|(wait, attempt)| {
        elapsed += wait.unwrap_or(0);
        let wait = match wait {
            None => lang.pick("segera", "at once").to_owned(),
            Some(seconds) => long(lang, seconds),
        };
        let elapsed = if elapsed == 0 { "–".to_owned() } else { long(lang, elapsed) };
        view! {
            <tr>
                <th scope="row">{attempt}</th>
                <td>{wait}</td>
                <td>{elapsed}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    let columns = vec![
        Column::text(lang.pick("Percobaan", "Attempt")),
        Column::text(lang.pick("Jeda sebelumnya", "Wait before it")),
        Column::text(lang.pick("Sejak yang pertama", "Since the first")),
    ];
    let warnings: Vec<_> = WARN_AFTER.iter().map(|after| long(lang, after.as_secs())).collect();
    let (asked, failing) = (long(lang, ASKED_WAIT_MAX_S), long(lang, FAILING_MAX.as_secs()));
    let (first, last) = (long(lang, WAIT_FIRST_S), long(lang, WAIT_MAX_S));
    let text = match lang {
        Lang::Id => format!(
            "- Setiap jeda diacak ±20 %, agar server yang baru pulih tidak diserbu.\n\
             - **`Retry-After`** (detik atau tanggal HTTP) dipatuhi pada setiap kegagalan: percobaan berikutnya tidak lebih cepat dari itu, paling lama {asked}. Dengan 429 atau 503, seluruh endpoint diistirahatkan selama itu; mengirim ulang atau mengirim uji mengakhirinya.\n\
             - **410 Gone** berarti Anda tidak mau menerima lagi: endpoint dinonaktifkan.\n\
             - Setelah {FAILURES_MAX} kegagalan beruntun, endpoint diistirahatkan: satu percobaan tiap {first} sampai {last}, sampai ada yang berhasil. Yang ditahan tidak dihitung sebagai percobaan.\n\
             - Endpoint yang gagal terus selama **{failing}** dinonaktifkan; pemiliknya diperingatkan lewat email setelah {}.\n\
             - Setelah {ATTEMPTS_MAX} percobaan, kiriman berstatus *exhausted*. Kiriman itu tetap terdaftar dan dapat di-replay.",
            warnings.join(lang.pick(" dan ", " and "))
        ),
        Lang::En => format!(
            "- Each wait is spread by ±20 %, so that a server that has just recovered is not overrun.\n\
             - **`Retry-After`** (seconds or an HTTP date) is obeyed with any failure: the next attempt comes no earlier, for at most {asked}. With 429 or 503 the whole endpoint is given a rest that long; sending again, or a test, ends it.\n\
             - **410 Gone** says that you want nothing more: the endpoint is disabled.\n\
             - After {FAILURES_MAX} failures in a row an endpoint is given a rest: one attempt every {first} to {last}, until one succeeds. What is held back does not count as an attempt.\n\
             - An endpoint that fails for **{failing}** on end is disabled; its owner is warned by e-mail after {}.\n\
             - After {ATTEMPTS_MAX} attempts a delivery is *exhausted*. It stays listed and can be replayed.",
            warnings.join(lang.pick(" dan ", " and "))
        ),
    };
    view! {
        <section class="section" id="retries">
            <h2>{lang.pick("Percobaan ulang", "Retries")}</h2>
            <div class="endpoint">
                <div class="endpoint-text stack">
                    <Markdown id="retries-text" text=text/>
                </div>
                <div class="endpoint-code">
                    <Table caption=lang.pick("Jadwal percobaan", "When attempts are made") columns=columns>
                        {rows}
                    </Table>
                </div>
            </div>
        </section>
    }
}

#[component]
pub(super) fn Rotation() -> impl IntoView {
    let lang = use_lang();
    let overlap = long(lang, OVERLAP.as_secs());
    let text = match lang {
        Lang::Id => format!(
            "Ganti secret kapan saja di halaman endpoint. Selama **{overlap}**, atau sampai Anda mengakhirinya, keduanya berlaku:\n\n\
             - `{HEADER_STANDARD}` membawa satu tanda tangan untuk setiap secret yang berlaku, terbaru lebih dulu, dipisahkan spasi. Pustaka Standard Webhooks menerima yang mana pun.\n\
             - `{HEADER_SIGNATURE}` dan anggota `signature` hanya memuat satu: tetap dari secret lama sampai masa transisi berakhir.\n\n\
             Pasang secret baru di server Anda, lalu akhiri masa transisi. Paling banyak {OLD_SECRETS_MAX} secret lama berlaku bersamaan. Bila secret bocor, ganti tanpa masa transisi."
        ),
        Lang::En => format!(
            "Replace a secret at any time on the endpoint's page. For **{overlap}**, or until you end it, both are valid:\n\n\
             - `{HEADER_STANDARD}` carries one signature for each valid secret, the newest first, with spaces between. The Standard Webhooks libraries accept any of them.\n\
             - `{HEADER_SIGNATURE}` and the member `signature` hold only one: that of the old secret until the overlap ends.\n\n\
             Put the new secret on your server, then end the overlap. At most {OLD_SECRETS_MAX} old secrets are valid at a time. If a secret has leaked, replace it without an overlap."
        ),
    };
    view! {
        <section class="section" id="rotation">
            <h2>{lang.pick("Mengganti secret", "Replacing a secret")}</h2>
            <Markdown id="rotation-text" text=text/>
        </section>
    }
}

#[component]
pub(super) fn Addresses() -> impl IntoView {
    let lang = use_lang();
    let text = lang.pick(
        "- Di live hanya `https` dengan sertifikat yang sah; di sandbox `http` juga boleh.\n\
         - Nama dicari sekali per percobaan, dan sambungan dibuat tepat ke alamat yang sudah diperiksa.\n\
         - Alamat privat, loopback, link-local, CGNAT, multicast, metadata cloud, dan bentuk tersamarnya (misalnya IPv4 di dalam IPv6) tidak pernah dihubungi, juga bila nama Anda mengarah ke sana.\n\
         - Redirect tidak diikuti dan proxy tidak dipakai.\n\
         - Alamat asal kiriman dapat berubah: kenali kami dari tanda tangan, bukan dari alamat IP.",
        "- On live `https` only, with a certificate that holds; in the sandbox `http` is fine too.\n\
         - A name is looked up once for each attempt, and the connection goes to exactly the address that was checked.\n\
         - Private, loopback, link-local, CGNAT, multicast and cloud metadata addresses are never called, nor their disguises (IPv4 inside IPv6 for example), even if your name leads there.\n\
         - Redirects are not followed, and no proxy is used.\n\
         - The address we call from may change: know us by the signature and not by an IP address.",
    );
    view! {
        <section class="section" id="addresses">
            <h2>{lang.pick("URL dan alamat IP", "URLs and IP addresses")}</h2>
            <Markdown id="addresses-text" text=text/>
        </section>
    }
}

#[cfg(test)]
#[cfg(feature = "ssr")]
mod tests {
    use super::*;
    use crate::visitor::Visitor;

    #[test]
    fn the_table_of_retries_is_the_contracts() {
        let html = Owner::new().with(|| {
            provide_context(Visitor::default());
            view! { <Retries/> }.to_html().replace("<!>", "")
        });
        // "Retries after 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h": ten attempts.
        let waits = [
            "segera", "5 detik", "5 menit", "30 menit", "2 jam", "5 jam", "10 jam", "14 jam", "20 jam",
            "24 jam",
        ];
        let mut rest = html.as_str();
        for (wait, attempt) in waits.iter().zip(1..) {
            let row = format!("<th scope=\"row\">{attempt}</th><td>{wait}</td>");
            let at = rest.find(&row).unwrap_or_else(|| panic!("{row} in {rest}"));
            rest = &rest[at + row.len()..];
        }
        assert!(
            html.contains("selama <strong>5 hari</strong>") && html.contains("24 jam dan 4 hari"),
            "{html}"
        );
    }
}
