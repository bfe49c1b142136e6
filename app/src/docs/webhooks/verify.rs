//! How a receiver checks that a delivery is ours, in four languages and two ways.

use domain::webhooks::{
    HEADER_SIGNATURE, HEADER_STANDARD, SECRET_BYTES_MAX, SECRET_BYTES_MIN, SECRET_PREFIX,
    doctor::TOLERANCE_S,
    recipes::{Recipes, SIMPLE, STANDARD, STANDARD_RAW},
};
use leptos::prelude::*;

use super::super::{
    highlight::{Syntax, highlight},
    markdown::Markdown,
};
use crate::{
    ui::{CodeSample, CodeTabs},
    visitor::{SampleLanguage, use_lang},
};

#[component]
pub(super) fn Verify() -> impl IntoView {
    let lang = use_lang();
    let simple = lang.pick(
        format!(
            "Hitung HMAC-SHA256 dari **byte mentah** body dengan secret Anda dan bandingkan dengan header `{HEADER_SIGNATURE}`. \
             Lakukan sebelum body di-parse: JSON yang dibaca lalu ditulis ulang bukan lagi byte yang ditandatangani. \
             Kuncinya adalah byte seluruh teks secret, termasuk awalan `{SECRET_PREFIX}`.\n\n\
             Bandingkan dengan fungsi waktu-tetap (`hmac.Equal`, `timingSafeEqual`, `compare_digest`), dan jawab 401 bila tidak cocok. \
             Perbandingan shell (`[ = ]`, `case`) tidak demikian: contohnya untuk pemeriksaan dengan tangan, bukan untuk server."
        ),
        format!(
            "Compute the HMAC-SHA256 of the body's **raw bytes** with your secret and compare it to the header `{HEADER_SIGNATURE}`. \
             Do so before the body is parsed: JSON that was read and written again is no longer what was signed. \
             The key is the bytes of the secret's whole text, `{SECRET_PREFIX}` included.\n\n\
             Compare in constant time (`hmac.Equal`, `timingSafeEqual`, `compare_digest`), and answer 401 where it does not match. \
             The shell's comparisons (`[ = ]`, `case`) do not: its samples are for a check by hand, not for a server."
        ),
    );
    let standard = lang.pick(
        format!(
            "Setiap kiriman juga memenuhi [Standard Webhooks](https://www.standardwebhooks.com): pustakanya memeriksa `{HEADER_STANDARD}` \
             dan menolak kiriman yang waktunya lebih dari {TOLERANCE_S} detik dari jam server Anda, sehingga kiriman lama tidak dapat diputar ulang orang lain. \
             Selama pergantian secret, cara ini menerima secret lama maupun baru."
        ),
        format!(
            "Every delivery follows [Standard Webhooks](https://www.standardwebhooks.com) as well: its libraries check `{HEADER_STANDARD}` \
             and refuse what is more than {TOLERANCE_S} seconds away from your server's clock, so that nobody can send an old delivery again. \
             While a secret is being replaced, this way accepts the old and the new one."
        ),
    );
    let raw = STANDARD_RAW.map(|(language, code)| format!("- {language}: `{code}`")).join("\n");
    let raw = lang.pick(
        format!(
            "Secret buatan kami diawali `{SECRET_PREFIX}` dan langsung cocok dengan pustaka itu. Secret Anda sendiri ({SECRET_BYTES_MIN} sampai \
             {SECRET_BYTES_MAX} byte, sebaiknya ASCII) dipakai apa adanya:\n\n{raw}"
        ),
        format!(
            "Secrets of our making begin with `{SECRET_PREFIX}` and fit these libraries as they are. A secret of your own ({SECRET_BYTES_MIN} to \
             {SECRET_BYTES_MAX} bytes, ASCII at best) is taken by its bytes:\n\n{raw}"
        ),
    );
    let doctor = lang.pick(
        "Tetap tidak cocok? [Dokter tanda tangan](/webhooks/doctor) memeriksa header dan body yang Anda tempel dan menyebut apa yang salah.",
        "Still no match? The [signature doctor](/webhooks/doctor) looks at headers and body that you paste and says what is wrong.",
    );
    view! {
        <section class="section" id="verify">
            <h2>{lang.pick("Verifikasi Signature", "Verifying the signature")}</h2>
            <div class="endpoint">
                <div class="endpoint-text stack">
                    <Markdown id="verify-simple-text" text=simple/>
                </div>
                <div class="endpoint-code">
                    <CodeTabs id="verify-simple" title="X-NFCG-Signature" samples=samples(SIMPLE)/>
                </div>
            </div>
        </section>
        <section class="section" id="standard-webhooks">
            <h2>{lang.pick("Dengan pustaka Standard Webhooks", "With the Standard Webhooks libraries")}</h2>
            <div class="endpoint">
                <div class="endpoint-text stack">
                    <Markdown id="verify-standard-text" text=standard/>
                    <Markdown id="verify-raw-text" text=raw/>
                    <Markdown id="verify-doctor-text" text=doctor/>
                </div>
                <div class="endpoint-code">
                    <CodeTabs id="verify-standard" title="Standard Webhooks" samples=samples(STANDARD)/>
                </div>
            </div>
        </section>
    }
}

fn samples(recipes: Recipes) -> Vec<CodeSample> {
    let sample = |language| {
        let (code, syntax) = match language {
            SampleLanguage::Curl => (recipes.shell, Syntax::Shell),
            SampleLanguage::Go => (recipes.go, Syntax::Go),
            SampleLanguage::TypeScript => (recipes.typescript, Syntax::TypeScript),
            SampleLanguage::Python => (recipes.python, Syntax::Python),
        };
        CodeSample { language, html: highlight(syntax, code), code: code.to_owned() }
    };
    SampleLanguage::ALL.map(sample).into()
}
