//! The public API's description of itself, OpenAPI 3.1.
//!
//! Paths, parameters and schemas come from the handlers' annotations and the types on the wire;
//! what follows from elsewhere is filled in here: who may call (from [`Operation`]), which refusals
//! there are (from [`Code`]), answers as examples (made by the very functions that answer), and the
//! English twin of each text. An annotation writes a text as `Indonesian || English`; the document
//! carries the first as `description`, the second as `x-description-en`.
//!
//! `docs/openapi.json` is this document with a relative server; a test refuses a stale copy.

use std::{
    collections::BTreeMap,
    sync::{Arc, OnceLock},
};

use axum::{
    Extension,
    body::Bytes,
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use domain::{
    fares::{PaymentMethod, Tariffs, UserType},
    lang::Lang,
    network::Network,
    oauth::Scope,
    operations::{Access, BASE, Operation},
    problem::{Code, FieldError, Problem},
    tiers::Tier,
};
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::OpenApi;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

use super::{
    json::strong_etag,
    problem::{ApiError, ApiResult},
};
use crate::{app::App, fares, limits, sandbox, scoped, stations, traffic, webhooks};

/// Stands between the two languages of a text.
const LANGUAGES_APART: &str = " || ";
/// Where the committed document finds its words' explanations.
const DOCS_URL: &str = "https://developers.kci-nfc.co.id/docs/rate-limits";
const EXAMPLE_REQUEST_ID: &str = "req_06d2q8k7s5v3m0a9c1e4g6i8j0";

#[derive(OpenApi)]
#[openapi(
    info(
        title = "NFC Gate Open API",
        version = "1",
        description = "API publik gerbang NFC commuter rail Jakarta (KRL): stasiun, jalur, tarif, dan kepadatan. \
            || Public API of the Jakarta commuter rail's NFC gates (KRL): stations, lines, fares and traffic.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    tags(
        (name = "stations", description = "Stasiun dan jalur. Posisi © OpenStreetMap contributors. || Stations and lines. Positions © OpenStreetMap contributors."),
        (name = "fares", description = "Tarif. || Fares."),
        (name = "traffic", description = "Kepadatan penumpang, anonim. || Passenger traffic, anonymous."),
        (name = "riders", description = "Data seorang penumpang, dengan persetujuannya. || A rider's data, with their consent."),
        (name = "sandbox", description = "Jaringan uji: jam, penumpang, dan tap Anda sendiri. Hanya untuk test key. || Your own test network: clock, riders and taps. For test keys only."),
        (name = "webhooks", description = "Pemberitahuan event ke server Anda, log pengirimannya, dan event untuk diambil sendiri. || Events told to your server, the log of their deliveries, and events to pull."),
        (name = "limits", description = "Batas dan kuota pemanggil. || The caller's limits and quota.")
    ),
    components(schemas(Problem, FieldError, UserType, PaymentMethod))
)]
struct Api;

/// What a concept shows of an operation: answers as they really are.
#[derive(Debug)]
pub struct Examples {
    operation: &'static str,
    success: Value,
    /// By code: the first of each is shown in place of the general one.
    refusals: Vec<ApiError>,
}

impl Examples {
    /// # Panics
    /// When the example is none: the document can't be made, which a test notices.
    #[must_use]
    pub fn new<T: Serialize>(operation: &'static str, success: &ApiResult<T>) -> Self {
        let success = success.as_ref().ok().and_then(|answer| serde_json::to_value(answer).ok());
        Self { operation, success: success.unwrap_or_default(), refusals: Vec::new() }
    }

    /// Adds a refusal.
    #[must_use]
    pub fn refused<T>(mut self, answer: ApiResult<T>) -> Self {
        self.refusals.extend(answer.err());
        self
    }
}

/// An operation's route below [`BASE`]: `OpenApiRouter::new().routes(operation(routes!(handler)))`.
/// Written out rather than nested, because nesting takes every request's address apart and makes a
/// new one.
pub fn operation((schemas, mut paths, handler): UtoipaMethodRouter<App>) -> UtoipaMethodRouter<App> {
    let below_base = std::mem::take(&mut paths.paths);
    paths.paths.extend(below_base.into_iter().map(|(path, item)| (format!("{BASE}{path}"), item)));
    (schemas, paths, handler)
}

/// Where the document is served.
pub const PATH: &str = "/open-api/v1/openapi.json";

/// The document of this installation with its validator, written when first asked for.
#[derive(Clone, Default)]
pub struct Written(Arc<OnceLock<(Bytes, HeaderValue)>>);

impl Written {
    fn get(&self, app: &App) -> (Bytes, HeaderValue) {
        let write = || {
            let mut document = document();
            place(&mut document, &app.config.api_url, &app.config.auth_url);
            let body = Bytes::from(document.to_string());
            let etag = strong_etag(&body);
            (body, etag)
        };
        self.0.get_or_init(write).clone()
    }
}

/// The document of this installation.
pub async fn show(State(app): State<App>, Extension(written): Extension<Written>) -> Response {
    let (body, etag) = written.get(&app);
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::ETAG, etag),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=300")),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*")),
    ];
    (headers, body).into_response()
}

/// The document as it is committed: the same wherever the server listens.
#[must_use]
pub fn document_json() -> String {
    let mut text = serde_json::to_string_pretty(&document()).unwrap_or_default();
    text.push('\n');
    text
}

/// The document, with a relative server.
#[must_use]
pub fn document() -> Value {
    let operations = super::operations(|routes| routes);
    let (_, api) = OpenApiRouter::with_openapi(Api::openapi()).merge(operations).split_for_parts();
    let mut document = serde_json::to_value(api).unwrap_or_default();
    let examples = examples();
    let schemas = document["components"]["schemas"].clone();
    if let Some(paths) = document["paths"].as_object_mut() {
        for operation in
            paths.values_mut().filter_map(Value::as_object_mut).flat_map(|item| item.values_mut())
        {
            complete(operation, &schemas, &examples);
        }
    }
    document["components"]["securitySchemes"] = json!({
        "ApiKey": {
            "type": "apiKey", "in": "header", "name": "X-API-Key",
            "description": "API key partner: nfcg_live_… untuk produksi, nfcg_test_… untuk sandbox. \
                || A partner's API key: nfcg_live_… for production, nfcg_test_… for the sandbox."
        },
        "OAuth": {
            "type": "oauth2",
            "description": "Access token dari penumpang yang mengizinkan: authorization code dengan PKCE (S256). \
                || An access token of a rider who agreed: authorization code with PKCE (S256).",
            "flows": { "authorizationCode": { "scopes": scopes() } }
        }
    });
    place(&mut document, "", "");
    document["components"]["headers"] = headers();
    webhooks::describe(&mut document);
    part_languages(&mut document);
    document
}

/// Says where an installation is; empty addresses stand for "on this host".
fn place(document: &mut Value, api_url: &str, auth_url: &str) {
    document["servers"] = json!([{ "url": if api_url.is_empty() { "/" } else { api_url } }]);
    let flow = &mut document["components"]["securitySchemes"]["OAuth"]["flows"]["authorizationCode"];
    flow["authorizationUrl"] = json!(format!("{auth_url}/oauth/authorize"));
    for endpoint in ["tokenUrl", "refreshUrl"] {
        flow[endpoint] = json!(format!("{auth_url}/oauth/token"));
    }
}

/// What each scope shows, in English: the document has one text for it.
fn scopes() -> Value {
    Scope::ALL
        .into_iter()
        .map(|scope| (scope.as_str().to_owned(), json!(scope.shows(Lang::En))))
        .collect::<Map<_, _>>()
        .into()
}

fn examples() -> BTreeMap<&'static str, Examples> {
    let mut examples = Vec::new();
    // Both are part of the program and read at every start.
    if let (Ok(network), Ok(tariffs)) = (Network::embedded(), Tariffs::embedded()) {
        examples.extend(stations::examples(&network));
        examples.extend(fares::examples(&network, &tariffs));
        examples.extend(traffic::examples(&network));
    }
    examples.extend(limits::examples());
    examples.extend(sandbox::examples());
    examples.extend(scoped::examples());
    examples.extend(webhooks::examples());
    examples.into_iter().map(|example| (example.operation, example)).collect()
}

/// Fills in what the annotations leave to us.
fn complete(operation: &mut Value, schemas: &Value, examples: &BTreeMap<&'static str, Examples>) {
    let Some(known) = operation["operationId"].as_str().and_then(Operation::from_id) else { return };
    let examples = examples.get(known.id());
    operation["security"] = match known.access() {
        Access::Open => json!([{}, { "ApiKey": [] }]),
        Access::Key | Access::TestKey => json!([{ "ApiKey": [] }]),
        Access::Scope(scope) => json!([{ "OAuth": [scope] }]),
    };
    operation["x-tier-min"] = json!(known.tier_min());
    let codes = codes(known, operation);
    operation["x-codes"] = codes.iter().map(|code| code.as_str()).collect();
    let defaults =
        operation.as_object_mut().and_then(|members| members.remove("x-defaults")).unwrap_or_default();
    if let Some(parameters) = operation.get_mut("parameters").and_then(Value::as_array_mut) {
        parameters.iter_mut().for_each(|parameter| tidy_parameter(parameter, schemas, &defaults));
    }
    let answers = operation["responses"].as_object_mut().into_iter().flatten();
    if let Some((_, success)) = answers.into_iter().find(|(status, _)| status.starts_with('2')) {
        let of_cached =
            known.method() == "GET" && !matches!(known.access(), Access::TestKey | Access::Scope(_));
        success["headers"] = header_references(if of_cached { &["ETag"] } else { &[] });
        if let (Some(content), Some(examples)) =
            (success.pointer_mut("/content/application~1json").and_then(Value::as_object_mut), examples)
        {
            content.insert("example".to_owned(), examples.success.clone());
        }
    }
    for (status, answer) in refusals(&codes, examples) {
        operation["responses"][status.to_string()] = answer;
    }
}

/// Refusals that any call of an operation may meet, and those its annotation adds.
fn codes(known: Operation, operation: &Value) -> Vec<Code> {
    let mut codes = vec![Code::MalformedRequest];
    match known.access() {
        Access::Open | Access::Key | Access::TestKey => codes.extend([
            Code::InvalidApiKey,
            Code::IpNotAllowed,
            Code::BrowserKeyRefused,
            Code::PartnerSuspended,
            Code::PartnerNotActive,
        ]),
        Access::Scope(_) => codes.extend([Code::InvalidToken, Code::ScopeInsufficient]),
    }
    codes.extend([
        Code::RateLimited,
        Code::QuotaExhausted,
        Code::TooManyAttempts,
        Code::Internal,
        Code::Unavailable,
    ]);
    if known.access() != Access::Open {
        codes.push(Code::MissingCredential);
    }
    if known.access() == Access::TestKey {
        codes.push(Code::TestKeyRequired);
    }
    if known.tier_min() > Tier::Free {
        codes.push(Code::TierInsufficient);
    }
    let parameters = operation["parameters"].as_array();
    if parameters.is_some_and(|all| all.iter().any(|parameter| parameter["in"] == "query")) {
        codes.push(Code::InvalidParameter);
    }
    let own = operation["x-codes"].as_array().map_or(&[][..], Vec::as_slice);
    codes.extend(Code::ALL.iter().filter(|code| own.iter().any(|own| own == code.as_str())));
    codes.sort_by_key(|code| Code::ALL.iter().position(|other| other == code));
    codes.dedup();
    codes
}

/// One answer per status, with an example per code.
fn refusals(codes: &[Code], examples: Option<&Examples>) -> BTreeMap<u16, Value> {
    let mut answers: BTreeMap<u16, Value> = BTreeMap::new();
    for &code in codes {
        let shown = examples.and_then(|examples| examples.refusals.iter().find(|error| error.code() == code));
        let general = ApiError::new(code);
        let shown = shown.unwrap_or(&general);
        let problem = |lang| shown.problem(lang, EXAMPLE_REQUEST_ID, DOCS_URL);
        let (indonesian, english) = (problem(Lang::Id), problem(Lang::En));
        let answer = answers.entry(code.status()).or_insert_with(|| {
            let extra: &[&str] = match code.status() {
                429 | 503 => &["Retry-After"],
                401 => &["WWW-Authenticate"],
                _ => &[],
            };
            json!({
                "headers": header_references(extra),
                "content": { "application/problem+json": {
                    "schema": { "$ref": "#/components/schemas/Problem" }, "examples": {}
                } }
            })
        });
        let titles = format!("{}{LANGUAGES_APART}{}", indonesian.title, english.title);
        let said = match answer["description"].as_str() {
            None => titles.clone(),
            Some(said) => join_titles(said, &indonesian.title, &english.title),
        };
        answer["description"] = Value::String(said);
        answer["content"]["application/problem+json"]["examples"][code.as_str()] =
            json!({ "summary": titles, "value": indonesian });
    }
    answers
}

fn join_titles(said: &str, indonesian: &str, english: &str) -> String {
    let (said_id, said_en) = said.split_once(LANGUAGES_APART).unwrap_or((said, said));
    format!("{said_id}; {indonesian}{LANGUAGES_APART}{said_en}; {english}")
}

/// Optional parameters are left out, not sent as null. A closed list of words is written out where it
/// is used, and with it what holds when nothing is sent (`x-defaults` of the annotation).
fn tidy_parameter(parameter: &mut Value, schemas: &Value, defaults: &Value) {
    let default = parameter["name"].as_str().and_then(|name| defaults.get(name)).cloned();
    let Some(schema) = parameter.get_mut("schema") else { return };
    without_null(schema);
    let named = schema["$ref"].as_str().and_then(|reference| reference.rsplit('/').next());
    if let Some(words) = named.and_then(|name| schemas.get(name)) {
        *schema = words.clone();
    }
    if let (Some(default), Some(schema)) = (default, schema.as_object_mut()) {
        schema.insert("default".to_owned(), default);
    }
}

fn without_null(schema: &mut Value) {
    if let Some(kind) = schema.get_mut("type")
        && let Some(kinds) = kind.as_array()
        && let [kind_only, Value::String(null)] | [Value::String(null), kind_only] = kinds.as_slice()
        && null == "null"
    {
        *kind = kind_only.clone();
        return;
    }
    let Some(either) = schema.get("oneOf").and_then(Value::as_array) else { return };
    let real: Vec<_> = either.iter().filter(|one| one["type"] != "null").collect();
    if let [only] = real.as_slice() {
        *schema = (*only).clone();
    }
}

fn header_references(extra: &[&str]) -> Value {
    const ALWAYS: [&str; 6] = [
        "X-Request-Id",
        "X-RateLimit-Limit",
        "X-RateLimit-Remaining",
        "X-RateLimit-Reset",
        "RateLimit-Policy",
        "RateLimit",
    ];
    let reference =
        |name: &&str| (String::from(*name), json!({ "$ref": format!("#/components/headers/{name}") }));
    Value::Object(ALWAYS.iter().chain(extra).map(reference).collect::<Map<_, _>>())
}

fn headers() -> Value {
    let number = json!({ "type": "integer", "minimum": 0 });
    let text = json!({ "type": "string" });
    let header = |words: &str, schema: &Value| json!({ "description": words, "schema": schema });
    json!({
        "X-Request-Id": header("Id permintaan ini; sebutkan bila menghubungi kami. || Id of this request; quote it when you write to us.", &text),
        "X-RateLimit-Limit": header("Batas jendela yang sekarang paling ketat. || Limit of the window that is tightest now.", &number),
        "X-RateLimit-Remaining": header("Sisa permintaan di jendela itu. || Requests left in that window.", &number),
        "X-RateLimit-Reset": header("Kapan jendela itu dimulai lagi (detik epoch). || When that window begins anew (epoch seconds).", &number),
        "RateLimit-Policy": header("Semua jendela (draf IETF RateLimit). || All windows (IETF RateLimit draft).", &text),
        "RateLimit": header("Sisa di semua jendela (draf IETF RateLimit). || What is left in all windows (IETF RateLimit draft).", &text),
        "ETag": header("Kirim kembali sebagai If-None-Match: jawaban yang sama menjadi 304. || Send it back as If-None-Match: an unchanged answer becomes 304.", &text),
        "Retry-After": header("Detik sampai boleh diulang. || Seconds until trying again makes sense.", &number),
        "WWW-Authenticate": header("Cara mengautentikasi. || How to authenticate.", &text),
    })
}

/// Parts every `Indonesian || English` into `description` and `x-description-en`, likewise `summary`.
fn part_languages(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(part_languages),
        Value::Object(members) => {
            for (member, english_member) in [("description", "x-description-en"), ("summary", "x-summary-en")]
            {
                let Some(Value::String(text)) = members.get(member) else { continue };
                let Some((indonesian, english)) = text.split_once(LANGUAGES_APART) else { continue };
                let (indonesian, english) = (indonesian.trim().to_owned(), english.trim().to_owned());
                members.insert(member.to_owned(), Value::String(indonesian));
                members.insert(english_member.to_owned(), Value::String(english));
            }
            members.values_mut().for_each(part_languages);
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
