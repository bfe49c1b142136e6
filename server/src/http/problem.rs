//! Refusals, as the JSON surfaces answer them: `application/problem+json` (RFC 9457).
//!
//! A handler returns an [`ApiError`]; it knows the code and both languages' words, but neither the
//! caller's language nor the request's id. [`super::edge`] knows those and writes the body; it also
//! logs the cause of the failures that are ours, once.

use std::{borrow::Cow, error::Error, sync::Arc};

use axum::{
    http::{HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
};
use domain::{
    lang::Lang,
    page::PageError,
    problem::{Code, FieldError, Problem},
};
use jiff::Timestamp;

use crate::store::DbError;

/// A text in both languages.
#[derive(Debug, Clone)]
pub struct Words {
    pub id: Cow<'static, str>,
    pub en: Cow<'static, str>,
}

impl Words {
    pub fn new(id: impl Into<Cow<'static, str>>, en: impl Into<Cow<'static, str>>) -> Self {
        Self { id: id.into(), en: en.into() }
    }

    fn pick(&self, lang: Lang) -> String {
        lang.pick(&self.id, &self.en).clone().into_owned()
    }
}

#[derive(Debug, Clone)]
struct Fault {
    field: Cow<'static, str>,
    code: &'static str,
    message: Words,
}

/// A refusal: what the caller hears, and apart from it what the log hears.
#[derive(Debug, Clone)]
pub struct ApiError {
    code: Code,
    detail: Option<Words>,
    faults: Vec<Fault>,
    headers: Vec<(HeaderName, HeaderValue)>,
    cause: Option<Arc<dyn Error + Send + Sync>>,
}

pub type ApiResult<T> = Result<T, ApiError>;

impl ApiError {
    #[must_use]
    pub fn new(code: Code) -> Self {
        let headers = match code {
            Code::MissingCredential | Code::InvalidApiKey => {
                vec![(header::WWW_AUTHENTICATE, HeaderValue::from_static("ApiKey realm=\"nfcgate\""))]
            }
            Code::NotSignedIn | Code::WrongCredentials | Code::TotpRequired => {
                vec![(header::WWW_AUTHENTICATE, HeaderValue::from_static("Session realm=\"nfcgate\""))]
            }
            Code::UnknownGate | Code::BadSignature | Code::StaleTimestamp => {
                vec![(header::WWW_AUTHENTICATE, HeaderValue::from_static("GateSignature realm=\"nfcgate\""))]
            }
            _ => Vec::new(),
        };
        Self { headers, ..Self::bare(code) }
    }

    /// As [`Self::new`], where what a 401 asks for is not what it usually is: add `WWW-Authenticate`.
    #[must_use]
    pub fn bare(code: Code) -> Self {
        Self { code, detail: None, faults: Vec::new(), headers: Vec::new(), cause: None }
    }

    /// A failure of ours: the caller learns only that, the log learns the cause.
    pub fn internal(cause: impl Error + Send + Sync + 'static) -> Self {
        Self { cause: Some(Arc::new(cause)), ..Self::new(Code::Internal) }
    }

    /// 422 for one field.
    pub fn invalid(
        field: impl Into<Cow<'static, str>>,
        code: &'static str,
        id: impl Into<Cow<'static, str>>,
        en: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::new(Code::ValidationFailed).fault(field, code, id, en)
    }

    /// What went wrong this time.
    #[must_use]
    pub fn detail(mut self, id: impl Into<Cow<'static, str>>, en: impl Into<Cow<'static, str>>) -> Self {
        self.detail = Some(Words::new(id, en));
        self
    }

    /// Adds a field at fault.
    #[must_use]
    pub fn fault(
        mut self,
        field: impl Into<Cow<'static, str>>,
        code: &'static str,
        id: impl Into<Cow<'static, str>>,
        en: impl Into<Cow<'static, str>>,
    ) -> Self {
        self.faults.push(Fault { field: field.into(), code, message: Words::new(id, en) });
        self
    }

    /// Whole seconds from `now` until `at`, rounded up, at least one.
    #[must_use]
    pub fn retry_at(self, now: Timestamp, at: Timestamp) -> Self {
        let left_ms = at.as_millisecond().saturating_sub(now.as_millisecond()).max(1);
        self.retry_after_s(u64::try_from(left_ms).unwrap_or(1).div_ceil(1000))
    }

    #[must_use]
    pub fn retry_after_s(self, seconds: u64) -> Self {
        self.header(header::RETRY_AFTER, HeaderValue::from(seconds))
    }

    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// What the log should say about it.
    #[must_use]
    pub fn because(mut self, cause: impl Error + Send + Sync + 'static) -> Self {
        self.cause = Some(Arc::new(cause));
        self
    }

    #[must_use]
    pub fn code(&self) -> Code {
        self.code
    }

    #[must_use]
    pub fn has_faults(&self) -> bool {
        !self.faults.is_empty()
    }

    /// The first field at fault.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        self.faults.first().map(|fault| fault.field.as_ref())
    }

    /// Whether a field is among those at fault.
    #[must_use]
    pub fn names(&self, field: &str) -> bool {
        self.faults.iter().any(|fault| fault.field == field)
    }

    /// Adds the fields at fault of another refusal of the same request.
    #[must_use]
    pub fn with_faults_of(mut self, other: Self) -> Self {
        self.faults.extend(other.faults);
        self
    }

    /// The cause, with everything beneath it, for the log.
    #[must_use]
    pub fn cause_chain(&self) -> Option<String> {
        let mut cause: &dyn Error = self.cause.as_deref()?;
        let mut chain = cause.to_string();
        while let Some(source) = cause.source() {
            chain.push_str(": ");
            chain.push_str(&source.to_string());
            cause = source;
        }
        Some(chain)
    }

    /// The body, in the caller's language. `docs_url` is the page that explains the codes.
    #[must_use]
    pub fn problem(&self, lang: Lang, request_id: &str, docs_url: &str) -> Problem {
        let code = self.code.as_str();
        Problem {
            kind: format!("{docs_url}#{code}"),
            title: self.code.title(lang).to_owned(),
            status: self.code.status(),
            detail: self
                .detail
                .as_ref()
                .map_or_else(|| self.code.advice(lang).to_owned(), |words| words.pick(lang)),
            code: code.to_owned(),
            request_id: request_id.to_owned(),
            errors: self
                .faults
                .iter()
                .map(|fault| FieldError {
                    field: fault.field.clone().into_owned(),
                    code: fault.code.to_owned(),
                    message: fault.message.pick(lang),
                })
                .collect(),
        }
    }
}

impl std::fmt::Display for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code.as_str())
    }
}

impl Error for ApiError {}

impl From<DbError> for ApiError {
    fn from(error: DbError) -> Self {
        if error.is_transient() {
            Self::new(Code::Unavailable).retry_after_s(2).because(error)
        } else {
            Self::internal(error)
        }
    }
}

impl From<PageError> for ApiError {
    fn from(error: PageError) -> Self {
        Self::new(Code::InvalidParameter).fault(
            error.field,
            "not_a_positive_integer",
            format!("`{}` harus bilangan bulat positif", error.field),
            format!("`{}` must be a positive whole number", error.field),
        )
    }
}

impl IntoResponse for ApiError {
    /// Status and headers; the body follows at the edge, which finds `self` among the extensions.
    fn into_response(self) -> Response {
        let status =
            axum::http::StatusCode::from_u16(self.code.status()).expect("every code carries a valid status");
        let mut response = status.into_response();
        for (name, value) in &self.headers {
            response.headers_mut().append(name, value.clone());
        }
        response.extensions_mut().insert(self);
        response
    }
}
