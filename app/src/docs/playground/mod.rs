//! The PKCE playground: a real sandbox flow, step by step, with the real requests and answers.
//!
//! Verifier and challenge are made in the browser by [`domain::oauth::pkce`], from the browser's own
//! randomness. The portal makes a public sandbox application for the signed-in partner; the rider is
//! one of the partner's test riders. What has to outlive the way to the consent page and back is kept
//! in this tab's `sessionStorage`. The markup is the server's ([`Steps`]), as in the console.

mod steps;

use domain::lang::Lang;
use domain::oauth::pkce::{CodeVerifier, METHOD};
use domain::samples::SampleRequest;
use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::{Deserialize, Serialize};

pub use self::steps::Steps;
use self::steps::ids;
use super::console::{dom, send};

const APPLICATION: &str = "nfcg.pkce.application";
const VERIFIER: &str = "nfcg.pkce.verifier";
const STATE: &str = "nfcg.pkce.state";
const ACCESS: &str = "nfcg.pkce.access";
const REFRESH: &str = "nfcg.pkce.refresh";

/// What the authorization server sent back to the callback page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Received {
    pub code: String,
    pub state: String,
}

/// Children are its [`Steps`].
#[island]
pub fn Playground(lang: Lang, received: Received, children: Children) -> impl IntoView {
    let busy = StoredValue::new(false);
    let code = StoredValue::new(received.code.clone());
    Effect::new(move |_| {
        dom::enable(ids::BEGIN);
        arrive(lang, &received);
    });
    let pressed = move |event: ev::MouseEvent| {
        let Some(step) = dom::pressed_id(&event) else { return };
        if busy.get_value() {
            return;
        }
        busy.set_value(true);
        spawn_local(async move {
            let done = match step.as_str() {
                ids::BEGIN => begin(lang).await,
                ids::EXCHANGE => exchange(lang, &code.get_value()).await,
                ids::PROFILE => profile(lang).await,
                ids::RENEW => renew(lang).await,
                ids::REVOKE => revoke(lang).await,
                _ => Some(()),
            };
            if done.is_none() {
                dom::set_text(ids::WORDS, failed(lang));
            }
            busy.set_value(false);
        });
    };
    view! {
        <div class="stack playground" on:click=pressed>
            {children()}
        </div>
    }
}

fn failed(lang: Lang) -> &'static str {
    lang.pick(
        "Langkah ini belum berhasil. Mulai lagi dari langkah 1.",
        "This step did not work. Begin again with step 1.",
    )
}

fn random() -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    web_sys::window()?.crypto().ok()?.get_random_values_with_u8_array(&mut bytes).ok()?;
    Some(bytes)
}

/// What is known of the application, by name.
fn endpoint(name: &str) -> Option<String> {
    send::member(&dom::kept(APPLICATION)?, name)
}

/// Text as it stands in a query or a form.
fn encoded(text: &str) -> String {
    String::from(js_sys::encode_uri_component(text))
}

fn form(pairs: &[(&str, &str)]) -> String {
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| [name, "=", &encoded(value)].concat()).collect();
    pairs.join("&")
}

/// Step 1: verifier, challenge, and the address to go to.
async fn begin(lang: Lang) -> Option<()> {
    let application = match send::make("/portal-api/v1/playground").await? {
        Ok(application) => application,
        Err(refusal) => {
            dom::set_text(ids::WORDS, &refusal);
            return Some(());
        }
    };
    dom::keep(APPLICATION, &application);
    let verifier = CodeVerifier::generate(random()?);
    // The second half of the entropy is more than enough; it only has to be unguessable.
    let state = CodeVerifier::generate(random()?).expose().get(..22)?.to_owned();
    dom::keep(VERIFIER, verifier.expose());
    dom::keep(STATE, &state);
    let challenge = verifier.challenge().to_string();
    dom::set_lines(
        ids::MADE,
        &["code_verifier  = ", verifier.expose(), "\ncode_challenge = ", &challenge].concat(),
    );
    let address = [
        &endpoint("authorization_endpoint")?,
        "?",
        &form(&[
            ("response_type", "code"),
            ("client_id", &endpoint("client_id")?),
            ("redirect_uri", &endpoint("redirect_uri")?),
            ("scope", &endpoint("scope")?),
            ("state", &state),
            ("code_challenge", &challenge),
            ("code_challenge_method", METHOD),
        ]),
    ]
    .concat();
    dom::set_lines(ids::ADDRESS, &["GET ", &address.replace('&', "\n  &")].concat());
    dom::set_href(ids::GO, &address);
    dom::show(ids::GOING, true);
    dom::set_text(
        ids::WORDS,
        lang.pick(
            "Verifier dan challenge dibuat di browser ini.",
            "Verifier and challenge were made in this browser.",
        ),
    );
    Some(())
}

/// On the callback page: is it the answer to what was asked here?
fn arrive(lang: Lang, received: &Received) {
    if received.code.is_empty() {
        return;
    }
    let expected = dom::kept(STATE).unwrap_or_default();
    let fits = !expected.is_empty() && expected == received.state;
    dom::set_text(
        ids::WORDS,
        if fits {
            lang.pick(
                "state cocok: jawaban ini untuk permintaan dari tab ini.",
                "state fits: this answers the request of this tab.",
            )
        } else {
            lang.pick(
                "state tidak cocok: kode ini bukan jawaban untuk permintaan dari tab ini, jadi tidak dipakai.",
                "state does not fit: this code answers no request of this tab, so it is not used.",
            )
        },
    );
    dom::show(ids::CONTINUE, fits);
}

/// Shows what was sent and what came back.
fn told(lang: Lang, request: &str, reply: Option<send::Reply>) -> Option<send::Reply> {
    let reply = reply?;
    let status = [&reply.status.to_string(), " ", &reply.reason].concat();
    dom::set_lines(ids::SENT, request);
    dom::set_lines(ids::ANSWERED, &[&status, "\n\n", &reply.body].concat());
    dom::show(ids::RESULT, true);
    let words = match reply.status {
        200 => lang.pick("Berhasil; jawabannya di bawah: ", "It worked; the answer is below: "),
        _ => lang.pick("Ditolak; alasannya di bawah: ", "Refused; the reason is below: "),
    };
    dom::set_text(ids::WORDS, &[words, &status].concat());
    Some(reply)
}

/// Asks for tokens; says whether they were given.
async fn tokens(lang: Lang, pairs: &[(&str, &str)]) -> Option<bool> {
    let (url, body) = (endpoint("token_endpoint")?, form(pairs));
    let request = ["POST ", &url, "\n\n", &body.replace('&', "\n&")].concat();
    let reply = told(lang, &request, send::send_form(&url, &body).await)?;
    if reply.status != 200 {
        return Some(false);
    }
    dom::keep(ACCESS, &send::member(&reply.body, "access_token")?);
    dom::keep(REFRESH, &send::member(&reply.body, "refresh_token")?);
    Some(true)
}

/// Step 3: the code for tokens, with the verifier that only this tab knows.
async fn exchange(lang: Lang, code: &str) -> Option<()> {
    let verifier: CodeVerifier = dom::kept(VERIFIER)?.parse().ok()?;
    let pairs = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", &endpoint("redirect_uri")?),
        ("client_id", &endpoint("client_id")?),
        ("code_verifier", verifier.expose()),
    ];
    if tokens(lang, &pairs).await? {
        // The code is spent: using it again would end what came of it.
        dom::show(ids::EXCHANGE, false);
        dom::show(ids::NEXT, true);
    }
    Some(())
}

/// Step 4: the rider's profile.
async fn profile(lang: Lang) -> Option<()> {
    let (url, token) = (endpoint("profile_endpoint")?, dom::kept(ACCESS)?);
    let request = SampleRequest {
        method: "GET".to_owned(),
        url: url.clone(),
        headers: vec![("Authorization".to_owned(), ["Bearer ", &token].concat())],
        json: None,
    };
    let text = ["GET ", &url, "\nAuthorization: Bearer ", &token].concat();
    told(lang, &text, send::send(&request, lang).await).map(drop)
}

/// Step 5: new tokens; the refresh token that was used is spent.
async fn renew(lang: Lang) -> Option<()> {
    let token = dom::kept(REFRESH)?;
    let pairs =
        [("grant_type", "refresh_token"), ("refresh_token", &token), ("client_id", &endpoint("client_id")?)];
    tokens(lang, &pairs).await.map(drop)
}

/// Step 6: the end of them all.
async fn revoke(lang: Lang) -> Option<()> {
    let url = endpoint("revocation_endpoint")?;
    let body = form(&[("token", &dom::kept(REFRESH)?), ("client_id", &endpoint("client_id")?)]);
    let request = ["POST ", &url, "\n\n", &body.replace('&', "\n&")].concat();
    told(lang, &request, send::send_form(&url, &body).await).map(drop)
}
