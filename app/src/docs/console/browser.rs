//! What the console needs of the browser: fields, the tab's storage, and sending.

use domain::lang::Lang;
use domain::samples::SampleRequest;
use js_sys::{JSON, JsString, Reflect};
use leptos::ev::MouseEvent;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, Headers, RequestCredentials, RequestInit, Response, Storage};

use super::field_id;
use super::result::Reply;
use crate::docs::request::Argument;

/// Name of the key in the tab's storage.
const STORED_AS: &str = "nfcg.test_key";

fn element(id: &str) -> Option<Element> {
    web_sys::window()?.document()?.get_element_by_id(id)
}

/// The arguments with what their fields hold now. Fields are inputs and selects: both have `value`.
pub fn values_now(arguments: &[Argument]) -> Vec<Argument> {
    let value = |name: &str| {
        let field: JsValue = element(&field_id(name))?.into();
        Reflect::get(&field, &"value".into()).ok()?.as_string()
    };
    arguments
        .iter()
        .map(|it| Argument { value: value(&it.name).unwrap_or_else(|| it.value.clone()), ..it.clone() })
        .collect()
}

/// Puts a value that was pressed in the parameter list into its field. Whether it did.
pub fn put_pressed_value(event: &MouseEvent) -> bool {
    let put = || {
        let pressed = event.target()?.dyn_into::<Element>().ok()?.closest("[data-value]").ok()??;
        let name = pressed.closest("[data-param]").ok()??.get_attribute("data-param")?;
        let field = element(&field_id(&name))?;
        Reflect::set(&field, &"value".into(), &pressed.get_attribute("data-value")?.into()).ok()
    };
    put() == Some(true)
}

fn storage() -> Option<Storage> {
    web_sys::window()?.session_storage().ok()?
}

/// The key used earlier in this tab.
pub fn kept_key() -> Option<String> {
    storage()?.get_item(STORED_AS).ok()?
}

/// Keeps the key for this tab. A browser that forbids storage only forgets it sooner.
pub fn keep_key(key: &str) {
    if let Some(storage) = storage() {
        let _ =
            if key.is_empty() { storage.remove_item(STORED_AS) } else { storage.set_item(STORED_AS, key) };
    }
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
    let mut headers: Vec<_> = response.headers().entries().into_iter().flatten().filter_map(pair).collect();
    // Those that tell the limits first; otherwise as they come.
    headers.sort_by_key(|(name, _)| !(name.contains("ratelimit") || name == "retry-after"));
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
        headers,
        body: pretty(&text).unwrap_or(text),
    })
}

/// Has a key made for the signed-in member: its secret, or why not in the API's words.
pub async fn make_key() -> Option<Result<String, String>> {
    let init = RequestInit::new();
    init.set_method("POST");
    let (response, text) = fetch("/portal-api/v1/console-key", &init).await?;
    let answer = JSON::parse(&text).ok()?;
    let member = |name: &str| Reflect::get(&answer, &name.into()).ok()?.as_string();
    if response.ok() { member("secret").map(Ok) } else { member("detail").map(Err) }
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
    JSON::stringify_with_replacer_and_space(&value, &JsValue::NULL, &JsValue::from(2))
        .ok()
        .map(|text: JsString| text.into())
}
