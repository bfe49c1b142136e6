//! The query string as a typed value.

use axum::{
    extract::FromRequestParts,
    http::{Uri, request::Parts},
};
use domain::problem::Code;
use serde::de::DeserializeOwned;

use super::problem::{ApiError, ApiResult};

/// Query parameters. What cannot be read is 400 `invalid_parameter` with the parameter named;
/// parameters that `T` does not know are ignored.
#[derive(Debug, Clone, Copy)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Sync> FromRequestParts<S> for Query<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> ApiResult<Self> {
        read(&parts.uri).map(Self)
    }
}

/// Reads the query of an address.
///
/// # Errors
/// 400 naming the parameter.
pub fn read<T: DeserializeOwned>(uri: &Uri) -> ApiResult<T> {
    let query = uri.query().unwrap_or_default();
    // Keeping track of the parameter being read costs more than reading: only once something is wrong.
    if let Ok(parameters) = serde_urlencoded::from_str(query) {
        return Ok(parameters);
    }
    serde_path_to_error::deserialize(form_pairs(query)).map_err(|error| {
        let path = error.path().to_string();
        refusal(&path, &error.into_inner().to_string())
    })
}

fn form_pairs(query: &str) -> serde_urlencoded::Deserializer<'_> {
    serde_urlencoded::Deserializer::new(form_urlencoded::parse(query.as_bytes()))
}

/// 400 for a parameter that has to be there.
#[must_use]
pub fn required(field: &'static str) -> ApiError {
    ApiError::new(Code::InvalidParameter).fault(
        field,
        "required",
        format!("`{field}` wajib diisi"),
        format!("`{field}` is required"),
    )
}

/// 400 for a parameter whose value cannot be read at all.
#[must_use]
pub fn unreadable(field: &'static str, id: String, en: String) -> ApiError {
    ApiError::new(Code::InvalidParameter).fault(field, "unreadable", id, en)
}

fn refusal(path: &str, message: &str) -> ApiError {
    let quoted = |prefix: &str| message.strip_prefix(prefix).and_then(|rest| rest.split('`').next());
    let refusal = ApiError::new(Code::InvalidParameter);
    if let Some(field) = quoted("missing field `") {
        let (id, en) = (format!("`{field}` wajib diisi"), format!("`{field}` is required"));
        return refusal.fault(field.to_owned(), "required", id, en);
    }
    if let Some(field) = quoted("duplicate field `") {
        let (id, en) =
            (format!("`{field}` muncul lebih dari sekali"), format!("`{field}` is given more than once"));
        return refusal.fault(field.to_owned(), "duplicate", id, en);
    }
    let (id, en) = (format!("`{path}` tidak terbaca"), format!("`{path}` cannot be read"));
    refusal.fault(path.to_owned(), "unreadable", id, en)
}

#[cfg(test)]
mod tests {
    use domain::lang::Lang;
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    struct Wanted {
        from: String,
        #[serde(default)]
        explain: bool,
    }

    fn check(query: &str, field: &str, code: &str) {
        let uri: Uri = format!("/fare?{query}").parse().unwrap();
        let refusal = read::<Wanted>(&uri).expect_err(query);
        let problem = refusal.problem(Lang::En, "req", "");
        assert_eq!(problem.status, 400);
        assert_eq!(
            (problem.errors[0].field.as_str(), problem.errors[0].code.as_str()),
            (field, code),
            "{query}"
        );
    }

    #[test]
    fn a_bad_parameter_is_named() {
        check("", "from", "required");
        check("from=a&from=b", "from", "duplicate");
        check("from=a&explain=perhaps", "explain", "unreadable");
    }

    #[test]
    fn parameters_are_decoded_and_unknown_ones_ignored() {
        let uri: Uri = "/fare?from=STN%5FGMB&utm=1&explain=true".parse().unwrap();
        let wanted: Wanted = read(&uri).unwrap();
        assert_eq!((wanted.from.as_str(), wanted.explain), ("STN_GMB", true));
    }
}
