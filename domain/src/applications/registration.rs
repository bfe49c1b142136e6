//! What a partner says of an application, checked.

use std::{collections::BTreeMap, str::FromStr as _};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{
    invalid::{Invalid, Rule, checked_text},
    keys::Environment,
    oauth::{ClientType, RedirectUri, Scope, Scopes},
    text::{DisplayName, Sentences},
    web_address::{Host, Scheme, WebAddress},
};

/// Redirect URIs of one application.
pub const REDIRECT_URIS_MAX: usize = 10;

/// Where riders can read about an application: an `https` address with a domain name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Homepage(String);

impl TryFrom<String> for Homepage {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        let text = text.trim();
        let address = WebAddress::parse(text).map_err(crate::web_address::AddressFault::invalid)?;
        match (address.scheme, address.host) {
            (Scheme::Https, Host::Name(name)) if name.contains('.') => Ok(Self(text.to_owned())),
            (Scheme::Http, _) => Err(Invalid::new(
                Rule::HttpsRequired,
                "Harus diawali https://",
                "It must begin with https://",
            )),
            (Scheme::Https, _) => Err(Invalid::new(
                Rule::Malformed,
                "Host harus nama domain lengkap",
                "The host must be a complete domain name",
            )),
        }
    }
}

checked_text!(Homepage);

/// The scopes an application wants, each with the reason: `{"journey:read": "why"}`. At least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WantedScopes(Vec<(Scope, Sentences)>);

impl WantedScopes {
    #[must_use]
    pub fn scopes(&self) -> Scopes {
        self.0.iter().map(|(scope, _)| *scope).collect()
    }

    /// In the order of the pages.
    pub fn iter(&self) -> impl Iterator<Item = (Scope, &str)> {
        Scope::ALL.into_iter().filter_map(|scope| Some((scope, self.reason(scope)?)))
    }

    /// Why it is wanted, if it is.
    #[must_use]
    pub fn reason(&self, scope: Scope) -> Option<&str> {
        self.0.iter().find(|(wanted, _)| *wanted == scope).map(|(_, reason)| reason.as_str())
    }
}

impl TryFrom<Vec<(Scope, Sentences)>> for WantedScopes {
    type Error = Invalid;

    fn try_from(wanted: Vec<(Scope, Sentences)>) -> Result<Self, Invalid> {
        if wanted.is_empty() {
            return Err(Invalid::new(
                Rule::Required,
                "Pilih paling sedikit satu scope dan tulis alasannya",
                "Choose at least one scope and say why",
            ));
        }
        Ok(Self(wanted))
    }
}

impl Serialize for WantedScopes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter().map(|(scope, reason)| (scope.as_str(), reason)))
    }
}

impl<'de> Deserialize<'de> for WantedScopes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // `null` and "" come from forms in which no reason was written.
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Input {
            Map(BTreeMap<String, String>),
            Other(serde::de::IgnoredAny),
        }
        let map = match Input::deserialize(deserializer)? {
            Input::Map(map) => map,
            Input::Other(_) => BTreeMap::new(),
        };
        let mut wanted = Vec::new();
        for (name, reason) in map {
            let scope = Scope::from_str(&name).map_err(|_| {
                Invalid::new(
                    Rule::UnknownValue,
                    "Scope yang ada: journey:read, profile:read, balance:read",
                    "The scopes are journey:read, profile:read, balance:read",
                )
                .into_serde()
            })?;
            wanted.push((scope, Sentences::try_from(reason).map_err(Invalid::into_serde)?));
        }
        Self::try_from(wanted).map_err(Invalid::into_serde)
    }
}

/// `POST applications`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreateApplication {
    pub environment: Environment,
    pub client_type: ClientType,
    pub name: DisplayName,
    pub description: Sentences,
    #[serde(default, deserialize_with = "optional")]
    pub homepage: Option<Homepage>,
    /// At least one.
    #[serde(deserialize_with = "some")]
    pub redirect_uris: Vec<String>,
    pub scopes: WantedScopes,
    /// Sandbox only: test riders agree without a page, for automatic tests.
    #[serde(default)]
    pub auto_consent: bool,
}

/// Here already, so that an empty list is named together with whatever else is missing.
fn some<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let texts = Vec::<String>::deserialize(deserializer)?;
    if texts.iter().all(|text| text.trim().is_empty()) {
        return Err(Invalid::required().into_serde());
    }
    Ok(texts)
}

/// `PATCH applications/{id}`: what is absent stays.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UpdateApplication {
    #[serde(default)]
    pub name: Option<DisplayName>,
    #[serde(default)]
    pub description: Option<Sentences>,
    #[serde(default, deserialize_with = "present")]
    pub homepage: Option<Option<Homepage>>,
    #[serde(default)]
    pub redirect_uris: Option<Vec<String>>,
    #[serde(default)]
    pub scopes: Option<WantedScopes>,
    #[serde(default)]
    pub auto_consent: Option<bool>,
}

/// What is registered, or proposed to be. As the store keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registration {
    pub name: DisplayName,
    pub description: Sentences,
    pub homepage: Option<Homepage>,
    /// Checked by [`Registration::redirect_uris_of`] before they came here.
    pub redirect_uris: Vec<String>,
    pub scopes: WantedScopes,
}

impl Registration {
    /// Checks the redirect URIs of a registration: one to ten, each once.
    ///
    /// # Errors
    /// The refusal of the first that is wrong.
    pub fn redirect_uris_of(
        texts: &[String],
        client: ClientType,
        environment: Environment,
    ) -> Result<Vec<String>, Invalid> {
        let mut uris: Vec<String> = Vec::new();
        for text in texts.iter().filter(|text| !text.trim().is_empty()) {
            let uri = RedirectUri::register(text, client, environment).map_err(|invalid| {
                Invalid::new(
                    invalid.rule,
                    format!("{}: {}", text.trim(), invalid.id),
                    format!("{}: {}", text.trim(), invalid.en),
                )
            })?;
            if !uris.iter().any(|known| known == uri.as_str()) {
                uris.push(uri.as_str().to_owned());
            }
        }
        if uris.is_empty() {
            return Err(Invalid::required());
        }
        if uris.len() > REDIRECT_URIS_MAX {
            return Err(Invalid::new(
                Rule::OutOfRange,
                format!("Paling banyak {REDIRECT_URIS_MAX} redirect URI"),
                format!("At most {REDIRECT_URIS_MAX} redirect URIs"),
            ));
        }
        Ok(uris)
    }

    /// As requests are compared with.
    #[must_use]
    pub fn registered_uris(&self) -> Vec<RedirectUri> {
        self.redirect_uris.iter().cloned().map(RedirectUri::stored).collect()
    }

    /// What riders see or what reaches them differs: an operator has to look at it.
    #[must_use]
    pub fn needs_review_after(&self, before: &Self) -> bool {
        self != before
    }
}

/// `null` and an empty text both mean none, since a form can't leave a field out.
fn optional<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Homepage>, D::Error> {
    match Option::<String>::deserialize(deserializer)? {
        Some(text) if !text.trim().is_empty() => text.parse().map(Some).map_err(Invalid::into_serde),
        _ => Ok(None),
    }
}

fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<Homepage>>, D::Error> {
    optional(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn create(more: serde_json::Value) -> Result<CreateApplication, Option<&'static str>> {
        let mut json = json!({
            "environment": "live", "client_type": "public", "name": "TravelKu", "description": "Perjalanan",
            "redirect_uris": ["https://travelku.example/cb"], "scopes": {"journey:read": "Riwayat perjalanan"},
        });
        json.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        serde_json::from_value(json).map_err(|error: serde_json::Error| {
            Invalid::from_serde(&error.to_string()).map(|invalid| invalid.rule.code())
        })
    }

    #[test]
    fn what_breaks_a_rule_names_the_rule() {
        assert!(create(json!({})).is_ok());
        let refused = |more| create(more).map(drop).unwrap_err();
        assert_eq!(refused(json!({"name": " "})), Some("required"));
        assert_eq!(refused(json!({"scopes": {}})), Some("required"));
        assert_eq!(refused(json!({"scopes": ""})), Some("required"));
        assert_eq!(refused(json!({"scopes": {"journey:write": "x"}})), Some("unknown_value"));
        assert_eq!(refused(json!({"scopes": {"journey:read": " "}})), Some("required"));
        assert_eq!(refused(json!({"homepage": "http://travelku.example"})), Some("https_required"));
        assert_eq!(refused(json!({"homepage": "https://localhost"})), Some("malformed"));
        assert_eq!(refused(json!({"status": "approved"})), None);
        assert_eq!(create(json!({"homepage": ""})).unwrap().homepage, None);
    }

    #[test]
    fn scopes_are_written_with_their_reasons_in_the_order_of_the_pages() {
        let wanted = create(json!({"scopes": {"balance:read": "b", "journey:read": "a"}})).unwrap().scopes;
        assert_eq!(wanted.scopes().to_string(), "journey:read balance:read");
        assert_eq!(wanted.iter().map(|(_, reason)| reason).collect::<Vec<_>>(), ["a", "b"]);
        let again: WantedScopes = serde_json::from_value(serde_json::to_value(&wanted).unwrap()).unwrap();
        assert_eq!(again.scopes(), wanted.scopes());
    }

    #[test]
    fn redirect_uris_are_one_to_ten_and_each_once() {
        let check = |texts: &[&str]| {
            let texts: Vec<String> = texts.iter().map(ToString::to_string).collect();
            Registration::redirect_uris_of(&texts, ClientType::Public, Environment::Live)
                .map_err(|invalid| invalid.rule.code())
        };
        assert_eq!(
            check(&["https://a.example/cb", "", " https://a.example/cb "]).unwrap(),
            ["https://a.example/cb"]
        );
        assert_eq!(check(&[" "]), Err("required"));
        assert_eq!(check(&["http://a.example/cb"]), Err("https_required"));
        let many: Vec<String> = (0..11).map(|n| format!("https://a.example/{n}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(check(&many), Err("out_of_range"));
        assert_eq!(check(&many[..10]).unwrap().len(), 10);
    }
}
