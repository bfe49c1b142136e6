//! From a form to the API and back, for browsers with scripts off and on alike.
//!
//! The fields become JSON by their names: `name` a string (left out when empty; null in a PATCH, so
//! that emptying a field clears it) · `name[]` a list, also from one text split at commas and line
//! breaks · `name[key]` a member of the object `name` · `name:int` a number · `name:bool` true or
//! false · `name:day` the end of that day in Jakarta · `name:wib` an instant, from day and time of day in
//! Jakarta. The answer becomes a redirect, or the page again with an [`Outcome`].

use std::collections::HashMap;

use app::outcome::Outcome;
use axum::{
    body::Body,
    extract::{MatchedPath, RawPathParams, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
};
use data_encoding::BASE64;
use domain::{
    problem::{Code, Problem},
    time::{day_start, from_jakarta, next_midnight},
};
use serde_json::{Map, Value};

use super::{
    Portal,
    forms::{FORMS, FormRoute, Then},
    own_api::Answer,
    pages, preferences,
};
use crate::http::{
    arrival::Arrival,
    json::{read_body, read_body_up_to},
    problem::{ApiError, ApiResult},
};

const FIELDS_MAX: usize = 200;
/// A form with a file: a logo, also one too large by far, so that the field says so.
const UPLOAD_BYTES_MAX: usize = 256 * 1024;

/// Never sent back into a page.
const SECRET_FIELDS: [&str; 7] =
    ["password", "current_password", "new_password", "code", "totp", "recovery_code", "secret"];
/// For the bridge itself, not for the API.
const OWN_FIELDS: [&str; 2] = ["idempotency_key", "next"];

/// Somebody reloads the address a form was posted to: show the page the form stands on.
pub async fn show(
    State(portal): State<Portal>,
    path: MatchedPath,
    params: RawPathParams,
    request: Request,
) -> ApiResult<Response> {
    let form = form_at(&path)?;
    if form.page == form.action {
        return Ok(pages::show(State(portal), request).await);
    }
    Ok(Redirect::to(&page_of(form, &params, request.uri())).into_response())
}

/// The page a form stands on, in the state its address was in.
fn page_of(form: &FormRoute, params: &RawPathParams, uri: &Uri) -> String {
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    format!("{}{query}", fill(form.page, params))
}

/// Takes a form and does what it asks for.
pub async fn send(
    State(portal): State<Portal>,
    path: MatchedPath,
    params: RawPathParams,
    request: Request,
) -> ApiResult<Response> {
    let form = form_at(&path)?;
    let (parts, body) = request.into_parts();
    let fields = match read_fields(&parts.headers, body).await {
        Ok(fields) => fields,
        Err(error) if error.code() == Code::BodyTooLarge => {
            return Ok(unread(&portal, form, &params, &parts, &error).await);
        }
        Err(error) => return Err(error),
    };
    if fields.len() > FIELDS_MAX {
        return Err(ApiError::new(Code::BodyTooLarge));
    }
    let answer = call(&portal, form, &params, &parts, &fields).await;
    Ok(match answer.status.is_success() {
        true => accepted(&portal, form, &params, &parts, &fields, answer).await,
        false => refused(&portal, form, &params, &parts, &fields, &answer).await,
    })
}

/// The fields in their order. A file, where a form sends one, is a field that holds its base64.
async fn read_fields(headers: &HeaderMap, body: Body) -> ApiResult<Vec<(String, String)>> {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let Some(boundary) = content_type.and_then(|text| multer::parse_boundary(text).ok()) else {
        return serde_urlencoded::from_bytes(&read_body(body).await?)
            .map_err(|error| ApiError::new(Code::MalformedRequest).because(error));
    };
    let unreadable = |error: multer::Error| ApiError::new(Code::MalformedRequest).because(error);
    let body = read_body_up_to(body, UPLOAD_BYTES_MAX).await?;
    let whole = futures_util::stream::once(async move { Ok::<_, std::convert::Infallible>(body) });
    let mut parts = multer::Multipart::new(whole, boundary);
    let mut fields = Vec::new();
    while let Some(part) = parts.next_field().await.map_err(unreadable)? {
        let name = part.name().unwrap_or_default().to_owned();
        let is_file = part.file_name().is_some();
        let bytes = part.bytes().await.map_err(unreadable)?;
        let text = if is_file {
            BASE64.encode(&bytes)
        } else {
            String::from_utf8(bytes.into())
                .map_err(|error| ApiError::new(Code::MalformedRequest).because(error))?
        };
        fields.push((name, text));
        if fields.len() > FIELDS_MAX {
            break;
        }
    }
    Ok(fields)
}

fn form_at(path: &MatchedPath) -> ApiResult<&'static FormRoute> {
    FORMS.iter().find(|form| form.action == path.as_str()).ok_or_else(|| ApiError::new(Code::NotFound))
}

async fn call(
    portal: &Portal,
    form: &FormRoute,
    params: &RawPathParams,
    parts: &Parts,
    fields: &[(String, String)],
) -> Answer {
    let mut headers = HeaderMap::new();
    // An answer that opens a session must not be replayed: its cookie would be missing.
    if !form.opens_session
        && let Some(key) = field(fields, "idempotency_key").and_then(|key| HeaderValue::from_str(key).ok())
    {
        headers.insert(HeaderName::from_static("idempotency-key"), key);
    }
    let body = to_json(fields, &form.method, form.required);
    portal.api.call(parts, form.method.clone(), &fill(form.api, params), headers, Some(body)).await
}

async fn accepted(
    portal: &Portal,
    form: &FormRoute,
    params: &RawPathParams,
    parts: &Parts,
    fields: &[(String, String)],
    answer: Answer,
) -> Response {
    let mut response = match form.then {
        Then::Go(target) => Redirect::to(&fill(target, params)).into_response(),
        Then::Next(default) => {
            Redirect::to(preferences::own_path(field(fields, "next"), default)).into_response()
        }
        Then::Show => {
            let result = if answer.body.is_empty() { Ok(Value::Null) } else { answer.read::<Value>() };
            match result {
                Ok(result) => {
                    let parts = with_new_cookies(parts, &answer.headers);
                    again(portal, form, params, &parts, fields, Ok(result)).await
                }
                Err(_) => return ApiError::new(Code::Internal).into_response(),
            }
        }
    };
    for cookie in answer.headers.get_all(header::SET_COOKIE) {
        response.headers_mut().append(header::SET_COOKIE, cookie.clone());
    }
    response
}

/// The request as the browser would send it after this answer: an act that renews the session would
/// otherwise be answered with a page of somebody no longer signed in.
fn with_new_cookies(parts: &Parts, answer: &HeaderMap) -> Parts {
    let mut parts = parts.clone();
    for set in answer.get_all(header::SET_COOKIE) {
        let pair =
            set.to_str().ok().and_then(|set| set.split(';').next()).and_then(|pair| pair.split_once('='));
        let Some((name, value)) = pair else { continue };
        let kept = parts
            .headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|cookies| cookies.to_str().ok())
            .flat_map(|cookies| cookies.split(';'))
            .map(str::trim)
            .filter(|pair| pair.split('=').next() != Some(name))
            .map(str::to_owned);
        let cookies = kept.chain([format!("{name}={value}")]).collect::<Vec<_>>().join("; ");
        if let Ok(cookies) = HeaderValue::from_str(&cookies) {
            parts.headers.insert(header::COOKIE, cookies);
        }
    }
    parts
}

async fn refused(
    portal: &Portal,
    form: &FormRoute,
    params: &RawPathParams,
    parts: &Parts,
    fields: &[(String, String)],
    answer: &Answer,
) -> Response {
    let Err(Some(problem)) = answer.read::<Value>() else {
        return ApiError::new(Code::Internal).into_response();
    };
    if problem.code == Code::NotSignedIn.as_str() {
        return match fill(form.page, params).parse() {
            Ok(page) => pages::to_sign_in(&page),
            Err(_) => Redirect::to("/sign-in").into_response(),
        };
    }
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = again(portal, form, params, parts, fields, Err(*problem)).await;
    *response.status_mut() = status;
    if let Some(retry_after) = answer.headers.get(header::RETRY_AFTER) {
        response.headers_mut().insert(header::RETRY_AFTER, retry_after.clone());
    }
    response
}

/// The page of a form that is too large to be read.
async fn unread(
    portal: &Portal,
    form: &FormRoute,
    params: &RawPathParams,
    parts: &Parts,
    error: &ApiError,
) -> Response {
    let Some(arrival) = Arrival::of(&parts.extensions) else { return error.clone().into_response() };
    // Where one field is all a form has, a file, it is that one.
    let error = match form.required {
        [field] => error.clone().fault(*field, "too_large", "Terlalu besar", "Too large"),
        _ => error.clone(),
    };
    let problem = error.problem(arrival.lang, arrival.request_id.as_str(), "/docs/rate-limits");
    let mut response = again(portal, form, params, parts, &[], Err(problem)).await;
    *response.status_mut() = StatusCode::PAYLOAD_TOO_LARGE;
    response
}

/// The page the form stands on, rendered with what became of the form.
async fn again(
    portal: &Portal,
    form: &FormRoute,
    params: &RawPathParams,
    parts: &Parts,
    fields: &[(String, String)],
    result: Result<Value, Problem>,
) -> Response {
    let Ok(page) = page_of(form, params, &parts.uri).parse::<Uri>() else {
        return ApiError::new(Code::Internal).into_response();
    };
    let outcome = Outcome::new(parts.uri.path().to_owned(), typed_values(fields), result);
    pages::render(portal, parts, &page, Some(outcome)).await
}

/// Puts the path's parameters into a template. They come percent-decoded, so they are encoded again.
fn fill(template: &str, params: &RawPathParams) -> String {
    let mut filled = template.to_owned();
    for (name, value) in params {
        let value: String = value
            .bytes()
            .map(|byte| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'-' | b'.' => char::from(byte).to_string(),
                _ => format!("%{byte:02X}"),
            })
            .collect();
        filled = filled.replace(&format!("{{{name}}}"), &value);
    }
    filled
}

fn field<'f>(fields: &'f [(String, String)], name: &str) -> Option<&'f str> {
    fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
}

/// What was typed, for the page to show again.
fn typed_values(fields: &[(String, String)]) -> HashMap<String, String> {
    let mut values: HashMap<String, String> = HashMap::new();
    for (name, value) in fields {
        if SECRET_FIELDS.contains(&name.as_str()) {
            continue;
        }
        match values.get_mut(name) {
            Some(earlier) if name.ends_with("[]") => {
                earlier.push('\n');
                earlier.push_str(value);
            }
            _ => {
                values.insert(name.clone(), value.clone());
            }
        }
    }
    values
}

fn to_json(fields: &[(String, String)], method: &Method, required: &[&str]) -> Value {
    let mut object = Map::new();
    for (name, text) in fields {
        if OWN_FIELDS.contains(&name.as_str()) {
            continue;
        }
        let text = text.trim_end_matches(['\r', '\n']);
        if let Some(name) = name.strip_suffix("[]") {
            let items = text.split([',', '\n', '\r']).map(str::trim).filter(|item| !item.is_empty());
            let list = object.entry(name).or_insert_with(|| Value::Array(Vec::new()));
            if let Value::Array(list) = list {
                list.extend(items.map(Value::from));
            }
            continue;
        }
        if let Some((name, key)) = name.strip_suffix(']').and_then(|name| name.split_once('[')) {
            let member = object.entry(name).or_insert_with(|| Value::Object(Map::new()));
            if let (Value::Object(member), false) = (member, text.trim().is_empty()) {
                member.insert(key.to_owned(), Value::from(text));
            }
            continue;
        }
        let (name, kind) = name.split_once(':').unwrap_or((name, ""));
        if text.is_empty() {
            if method == Method::PATCH && !required.contains(&name) {
                object.insert(name.to_owned(), Value::Null);
            }
            continue;
        }
        // What is not of its kind stays text: the API refuses it and names the field.
        let value = match kind {
            "int" => text.trim().parse::<i64>().map_or_else(|_| Value::from(text), Value::from),
            "bool" => Value::from(matches!(text, "true" | "on" | "1")),
            "day" => text.trim().parse().map_or_else(
                |_| Value::from(text),
                |day| Value::from(next_midnight(day_start(day)).to_string()),
            ),
            "wib" => {
                from_jakarta(text.trim()).map_or_else(|| Value::from(text), |at| Value::from(at.to_string()))
            }
            _ => Value::from(text),
        };
        object.insert(name.to_owned(), value);
    }
    for name in required {
        object.entry(*name).or_insert_with(|| Value::from(""));
    }
    Value::Object(object)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(method: Method, body: &str, expected: Value) {
        let fields: Vec<(String, String)> = serde_urlencoded::from_str(body).unwrap();
        assert_eq!(to_json(&fields, &method, &["must"]), expected, "{body}");
    }

    #[test]
    fn fields_become_json_by_their_names() {
        check(
            Method::POST,
            "name=A+key&note=&idempotency_key=1&next=/x",
            json!({"must": "", "name": "A key"}),
        );
        check(Method::PATCH, "name=&note=x", json!({"must": "", "name": null, "note": "x"}));
        check(
            Method::POST,
            "ip[]=10.0.0.1%0D%0A10.0.0.2,+10.0.0.3&ip[]=",
            json!({"must": "", "ip": ["10.0.0.1", "10.0.0.2", "10.0.0.3"]}),
        );
        check(Method::PATCH, "why[a:b]=x&why[c]=+&must=y", json!({"must": "y", "why": {"a:b": "x"}}));
        check(Method::POST, "n:int=12&m:int=x", json!({"must": "", "n": 12, "m": "x"}));
        check(Method::POST, "a:bool=false&a:bool=true", json!({"must": "", "a": true}));
        check(Method::POST, "until:day=2026-03-08", json!({"must": "", "until": "2026-03-08T17:00:00Z"}));
        check(Method::POST, "at:wib=2026-03-08T15:41", json!({"must": "", "at": "2026-03-08T08:41:00Z"}));
        check(Method::POST, "at:wib=kemarin", json!({"must": "", "at": "kemarin"}));
        check(Method::PATCH, "must=", json!({"must": ""}));
        check(Method::POST, "must=x", json!({"must": "x"}));
    }

    #[test]
    fn the_page_after_a_renewed_session_belongs_to_the_new_one() {
        let request =
            axum::http::Request::builder().header(header::COOKIE, "lang=en; s=old; theme=dark").body(());
        let mut answer = HeaderMap::new();
        answer.insert(header::SET_COOKIE, HeaderValue::from_static("s=new; Path=/; HttpOnly"));
        let parts = with_new_cookies(&request.unwrap().into_parts().0, &answer);
        assert_eq!(parts.headers[header::COOKIE], "lang=en; theme=dark; s=new");
    }

    #[test]
    fn secrets_are_not_sent_back_into_the_page() {
        let fields: Vec<(String, String)> =
            serde_urlencoded::from_str("email=a%40b.id&password=hunter2&totp=123456").unwrap();
        let values = typed_values(&fields);
        assert_eq!(values.len(), 1);
        assert_eq!(values["email"], "a@b.id");
    }
}
