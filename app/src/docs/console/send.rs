//! Requests of the console.

use domain::lang::Lang;
use domain::samples::SampleRequest;
use js_sys::{JSON, JsString, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Headers, RequestCredentials, RequestInit, Response};

/// An answer of the API.
pub struct Reply {
    pub status: u16,
    pub reason: String,
    pub ms: u32,
    pub bytes: usize,
    pub headers: Vec<(String, String)>,
    /// Laid out, if it is JSON.
    pub body: String,
}

/// Sends the request as a partner's program would: no cookies, only the key. None if nothing came back.
pub async fn send(request: &SampleRequest, lang: Lang) -> Option<Reply> {
    let headers = Headers::new().ok()?;
    headers.set("Accept-Language", lang.tag()).ok()?;
    for (name, value) in &request.headers {
        headers.set(name, value).ok()?;
    }
    let init = RequestInit::new();
    init.set_method(&request.method);
    init.set_headers(&headers);
    init.set_credentials(RequestCredentials::Omit);
    let clock = web_sys::window()?.performance()?;
    let start = clock.now();
    let (response, text) = fetch(&request.url, &init).await?;
    Some(Reply {
        status: response.status(),
        reason: response.status_text(),
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "milliseconds of one call"
        )]
        ms: (clock.now() - start) as u32,
        bytes: text.len(),
        headers: response.headers().entries().into_iter().flatten().filter_map(pair).collect(),
        body: pretty(&text).unwrap_or(text),
    })
}

/// Posts a form as an OAuth client does: no cookies.
pub async fn send_form(url: &str, form: &str) -> Option<Reply> {
    let headers = Headers::new().ok()?;
    headers.set("Content-Type", "application/x-www-form-urlencoded").ok()?;
    let init = RequestInit::new();
    init.set_method("POST");
    init.set_headers(&headers);
    init.set_body(&form.into());
    init.set_credentials(RequestCredentials::Omit);
    let (response, text) = fetch(url, &init).await?;
    Some(Reply {
        status: response.status(),
        reason: response.status_text(),
        ms: 0,
        bytes: text.len(),
        headers: Vec::new(),
        body: pretty(&text).unwrap_or(text),
    })
}

/// Asks the portal for something made for the signed-in member: the answer's text, or why not in the
/// API's words.
pub async fn make(path: &str) -> Option<Result<String, String>> {
    let init = RequestInit::new();
    init.set_method("POST");
    let (response, text) = fetch(path, &init).await?;
    if response.ok() { Some(Ok(text)) } else { member(&text, "detail").map(Err) }
}

/// Has a key made, or a test rider's access token: its secret, or why not in the API's words.
pub async fn make_credential(of_rider: bool) -> Option<Result<String, String>> {
    let (path, name) = match of_rider {
        true => ("/portal-api/v1/console-token", "access_token"),
        false => ("/portal-api/v1/console-key", "secret"),
    };
    match make(path).await? {
        Ok(text) => member(&text, name).map(Ok),
        Err(detail) => Some(Err(detail)),
    }
}

/// A text in a JSON object.
pub fn member(json: &str, name: &str) -> Option<String> {
    Reflect::get(&JSON::parse(json).ok()?, &name.into()).ok()?.as_string()
}

async fn fetch(url: &str, init: &RequestInit) -> Option<(Response, String)> {
    let answer = web_sys::window()?.fetch_with_str_and_init(url, init);
    let response: Response = JsFuture::from(answer).await.ok()?.dyn_into().ok()?;
    let text = JsFuture::from(response.text().ok()?).await.ok()?.as_string()?;
    Some((response, text))
}

fn pair(entry: JsValue) -> Option<(String, String)> {
    let entry = js_sys::Array::from(&entry);
    Some((entry.get(0).as_string()?, entry.get(1).as_string()?))
}

/// Two spaces a level; none if it is no JSON.
fn pretty(text: &str) -> Option<String> {
    let value = JSON::parse(text).ok()?;
    let text = JSON::stringify_with_replacer_and_space(&value, &JsValue::NULL, &JsValue::from(2));
    text.ok().map(|text: JsString| text.into())
}
