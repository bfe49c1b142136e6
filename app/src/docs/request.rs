//! From the document's parameters to a request and its samples.

use domain::operations::{Access, BASE, Operation};
use domain::samples::{KEY_PLACEHOLDER, SampleRequest, url};
use serde::{Deserialize, Serialize};

use super::document::{Parameter, Place};
use super::highlight::{Syntax, highlight};
use crate::ui::CodeSample;
use crate::visitor::SampleLanguage;

/// Header that carries the key.
pub const KEY_HEADER: &str = "X-API-Key";
/// Header that carries an access token.
pub const TOKEN_HEADER: &str = "Authorization";

/// Longest value taken over from the address of the page.
const VALUE_BYTES_MAX: usize = 200;

/// A parameter with the value to send; an empty one is left out of the request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Argument {
    pub name: String,
    pub place: Place,
    pub value: String,
}

/// What a page starts with: the reader's own values, from the page's query, else the document's
/// example for what must be sent.
pub fn arguments(parameters: &[Parameter], own: impl Fn(&str) -> Option<String>) -> Vec<Argument> {
    let argument = |parameter: &Parameter| Argument {
        name: parameter.name.clone(),
        place: parameter.place,
        value: own(&parameter.name)
            .filter(|value| value.len() <= VALUE_BYTES_MAX)
            .or_else(|| parameter.required.then(|| parameter.example.clone()).flatten())
            .unwrap_or_default(),
    };
    parameters.iter().map(argument).collect()
}

/// An operation as a caller sees it: what the samples and the console need of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    method: String,
    /// With `{name}` for its parameters.
    path: String,
    credential: Credential,
}

/// What a call carries to show who is calling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Credential {
    OptionalKey,
    Key,
    Token,
}

impl Call {
    #[must_use]
    pub fn of(operation: Operation) -> Self {
        let credential = match operation.access() {
            Access::Open => Credential::OptionalKey,
            Access::Key | Access::TestKey => Credential::Key,
            Access::Scope(_) => Credential::Token,
        };
        Self {
            method: operation.method().to_owned(),
            path: format!("{BASE}{}", operation.path()),
            credential,
        }
    }

    #[must_use]
    pub fn needs_key(&self) -> bool {
        self.credential == Credential::Key
    }

    /// Whether it is called with a rider's access token instead of a key.
    #[must_use]
    pub fn needs_token(&self) -> bool {
        self.credential == Credential::Token
    }

    /// The request these arguments make, with a credential: `key` if there is one, else what stands
    /// for the reader's own where one is needed. `base` may be empty: the page's own server.
    #[must_use]
    pub fn request(&self, base: &str, arguments: &[Argument], key: &str) -> SampleRequest {
        let mut headers = Vec::new();
        let mut header = |name: &str, value: &str| headers.push((name.to_owned(), value.to_owned()));
        match self.credential {
            Credential::Token if key.is_empty() => header(TOKEN_HEADER, "Bearer ACCESS_TOKEN"),
            Credential::Token => header(TOKEN_HEADER, &["Bearer ", key].concat()),
            Credential::Key if key.is_empty() => header(KEY_HEADER, KEY_PLACEHOLDER),
            Credential::OptionalKey if key.is_empty() => {}
            Credential::Key | Credential::OptionalKey => header(KEY_HEADER, key),
        }
        let (mut in_path, mut in_query) = (Vec::new(), Vec::new());
        for Argument { name, place, value } in arguments.iter().filter(|it| !it.value.is_empty()) {
            match place {
                Place::Header => header(name, value),
                Place::Path => in_path.push((name.as_str(), value.as_str())),
                Place::Query => in_query.push((name.as_str(), value.as_str())),
            }
        }
        let url = url(base, &self.path, &in_path, &in_query);
        SampleRequest { method: self.method.clone(), url, headers, json: None }
    }
}

/// The request in every language, highlighted.
pub fn samples(request: &SampleRequest) -> Vec<CodeSample> {
    let sample = |language| {
        let (code, syntax) = match language {
            SampleLanguage::Curl => (request.curl(), Syntax::Shell),
            SampleLanguage::Go => (request.go(), Syntax::Go),
            SampleLanguage::TypeScript => (request.typescript(), Syntax::TypeScript),
            SampleLanguage::Python => (request.python(), Syntax::Python),
        };
        CodeSample { language, html: highlight(syntax, &code), code }
    };
    SampleLanguage::ALL.map(sample).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameter(name: &str, place: Place, required: bool, example: Option<&str>) -> Parameter {
        Parameter {
            name: name.to_owned(),
            place,
            kind: "string".to_owned(),
            required,
            default: None,
            values: Vec::new(),
            example: example.map(ToOwned::to_owned),
            description: String::new(),
        }
    }

    #[test]
    fn samples_send_what_the_document_requires_and_what_the_reader_asked() {
        let parameters = [
            parameter("from", Place::Query, true, Some("STN_GMB")),
            parameter("to", Place::Query, true, Some("STN_DPK")),
            parameter("user_type", Place::Query, false, Some("student")),
        ];
        let check = |own: fn(&str) -> Option<String>, query: &str| {
            let arguments = arguments(&parameters, own);
            let call = Call::of(Operation::CalculateFare);
            let request = call.request("https://api.example.test", &arguments, "");
            assert_eq!(request.url, format!("https://api.example.test/open-api/v1/fare/calculate?{query}"));
            for sample in samples(&request) {
                assert!(
                    sample.code.contains(&request.url) && sample.code.contains(KEY_HEADER),
                    "{}",
                    sample.code
                );
            }
        };
        check(|_| None, "from=STN_GMB&to=STN_DPK");
        check(
            |name| (name == "user_type").then(|| "a b".to_owned()),
            "from=STN_GMB&to=STN_DPK&user_type=a%20b",
        );
        check(|name| (name == "to").then(|| "x".repeat(201)), "from=STN_GMB&to=STN_DPK");
    }

    #[test]
    fn a_path_parameter_stands_in_the_path_and_an_open_call_needs_no_key() {
        let parameters = [parameter("id", Place::Path, true, Some("STN_GMB"))];
        let (call, arguments) = (Call::of(Operation::GetStation), arguments(&parameters, |_| None));
        let open = call.request("", &arguments, "");
        assert_eq!((open.url.as_str(), open.headers.len()), ("/open-api/v1/stations/STN_GMB", 0));
        let known = call.request("", &arguments, "nfcg_test_x");
        assert_eq!(known.headers, [(KEY_HEADER.to_owned(), "nfcg_test_x".to_owned())]);
    }
}
