//! Redirect URIs: which may be registered, and which one a request may name.
//!
//! | registered | public | confidential |
//! | --- | --- | --- |
//! | `https`, with a name | yes | yes |
//! | `http` to `127.0.0.1`, `[::1]` or `localhost` | yes | sandbox only |
//! | the application's own scheme with a dot in it, `com.example.app:/cb` (RFC 8252 section 7.1) | yes | no |
//! | everything else: `http`, other addresses, fragments, user names, wildcards, dot segments | no | no |
//!
//! A request names one of them **exactly**, byte by byte (RFC 9700 section 2.1). The one exception: for a
//! public application the port of an `http` URI on `127.0.0.1` or `[::1]` may be any, since a program
//! takes the port it gets (RFC 8252 section 7.3).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::{
    invalid::{Invalid, Rule},
    keys::Environment,
    web_address::{self, AddressFault, Host, Scheme, WebAddress},
};

/// Whether an application can keep a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum ClientType {
    /// On a telephone or in a browser: proves itself by PKCE alone.
    Public,
    /// On a server: has a client secret.
    Confidential,
}

impl ClientType {
    pub const ALL: [Self; 2] = [Self::Public, Self::Confidential];

    /// Name on the wire and in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Confidential => "confidential",
        }
    }

    /// The type with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|client_type| client_type.as_str() == name)
    }
}

/// Longest redirect URI, in bytes.
pub const BYTES_MAX: usize = 512;

/// Parameters of the answer, which the URI must not have itself.
const ANSWERS: [&str; 6] = ["code", "state", "iss", "error", "error_description", "error_uri"];

/// A registered redirect URI.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RedirectUri(String);

impl RedirectUri {
    /// Checks a URI that is to be registered.
    ///
    /// # Errors
    /// The refusal, for the field it stands in.
    pub fn register(text: &str, client: ClientType, environment: Environment) -> Result<Self, Invalid> {
        let text = text.trim();
        if text.len() > BYTES_MAX {
            return Err(Invalid::too_long(BYTES_MAX));
        }
        let query = match WebAddress::parse(text) {
            Ok(address) => {
                check_web(&address, client, environment)?;
                address.query
            }
            Err(AddressFault::Scheme) if client == ClientType::Public => own_scheme_query(text)?,
            Err(fault) => return Err(fault.invalid()),
        };
        let names = query.into_iter().flat_map(|query| query.split('&'));
        if names.map(|pair| pair.split('=').next().unwrap_or_default()).any(|name| ANSWERS.contains(&name)) {
            return Err(malformed(
                "Query tidak boleh berisi code, state, iss, atau error: itu ditambahkan oleh jawaban",
                "The query must not contain code, state, iss or error: the answer adds them",
            ));
        }
        Ok(Self(text.to_owned()))
    }

    /// One that was registered before, as it is stored.
    #[must_use]
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a request may name `presented` where this is registered.
    #[must_use]
    pub fn admits(&self, presented: &str, client: ClientType) -> bool {
        presented == self.0 || (client == ClientType::Public && differs_in_loopback_port(&self.0, presented))
    }
}

impl std::fmt::Display for RedirectUri {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

fn check_web(address: &WebAddress<'_>, client: ClientType, environment: Environment) -> Result<(), Invalid> {
    match (address.scheme, address.host) {
        (Scheme::Https, Host::Name(name)) if name.contains('.') => Ok(()),
        (Scheme::Https, Host::Name(_) | Host::Address(_)) => {
            Err(malformed("Host harus nama domain lengkap", "The host must be a complete domain name"))
        }
        (Scheme::Http, host) => {
            let is_here = is_loopback(host) || host == Host::Name("localhost");
            if is_here && (client == ClientType::Public || environment == Environment::Test) {
                return Ok(());
            }
            Err(Invalid::new(
                Rule::HttpsRequired,
                "Harus https; http hanya untuk 127.0.0.1, [::1], atau localhost di aplikasi publik atau sandbox",
                "It must be https; http is for 127.0.0.1, [::1] or localhost in public applications or the sandbox",
            ))
        }
    }
}

/// Whether an address that was registered leads back to the machine it is opened on.
pub(super) fn is_on_own_machine(uri: &str) -> bool {
    WebAddress::parse(uri).is_ok_and(|address| {
        address.scheme == Scheme::Http
            && (is_loopback(address.host) || address.host == Host::Name("localhost"))
    })
}

fn is_loopback(host: Host<'_>) -> bool {
    // Not the rest of 127.0.0.0/8: RFC 8252 names these two.
    const HERE: [IpAddr; 2] = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];
    matches!(host, Host::Address(address) if HERE.contains(&address))
}

/// The query of a URI in an application's own scheme: a reversed domain name, so that no two
/// applications share one by chance and none of the schemes that browsers act on is one.
fn own_scheme_query(text: &str) -> Result<Option<&str>, Invalid> {
    let refused = || {
        malformed(
            "Harus https://…, atau skema milik aplikasi dengan titik, misalnya com.example.app:/callback",
            "It must be https://…, or the application's own scheme with a dot, such as com.example.app:/callback",
        )
    };
    let (scheme, rest) = text.split_once(":/").ok_or_else(refused)?;
    let is_part = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_lowercase())
            && part.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
    };
    if !scheme.contains('.') || !scheme.split('.').all(is_part) {
        return Err(refused());
    }
    web_address::check_characters(rest).map_err(AddressFault::invalid)?;
    if rest.contains('@') {
        return Err(AddressFault::UserInfo.invalid());
    }
    let (path, query) = match rest.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (rest, None),
    };
    web_address::check_path(path).map_err(AddressFault::invalid)?;
    if path.contains('*') { Err(refused()) } else { Ok(query) }
}

fn differs_in_loopback_port(registered: &str, presented: &str) -> bool {
    let (Ok(one), Ok(other)) = (WebAddress::parse(registered), WebAddress::parse(presented)) else {
        return false;
    };
    one.scheme == Scheme::Http && is_loopback(one.host) && WebAddress { port: one.port, ..other } == one
}

fn malformed(id: &'static str, en: &'static str) -> Invalid {
    Invalid::new(Rule::Malformed, id, en)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use ClientType::{Confidential, Public};
    use Environment::{Live, Test};

    fn register(text: &str, client: ClientType, environment: Environment) -> &'static str {
        RedirectUri::register(text, client, environment).map_or_else(|invalid| invalid.rule.code(), |_| "ok")
    }

    #[test]
    fn a_client_type_is_kept_under_the_name_it_has_on_the_wire() {
        for client_type in ClientType::ALL {
            assert_eq!(serde_json::to_value(client_type).unwrap(), client_type.as_str());
            assert_eq!(ClientType::from_name(client_type.as_str()), Some(client_type));
        }
        assert_eq!(ClientType::from_name("native"), None);
    }

    #[test]
    fn what_may_be_registered_depends_on_who_can_keep_a_secret() {
        for (text, public, confidential, sandbox) in [
            ("https://app.travelku.co.id/oauth/cb", "ok", "ok", "ok"),
            ("https://app.travelku.co.id:8443/cb?tenant=7", "ok", "ok", "ok"),
            ("https://app.travelku.co.id", "ok", "ok", "ok"),
            ("http://127.0.0.1/cb", "ok", "https_required", "ok"),
            ("http://127.0.0.1:8080/cb", "ok", "https_required", "ok"),
            ("http://[::1]/cb", "ok", "https_required", "ok"),
            ("http://localhost:3000/cb", "ok", "https_required", "ok"),
            ("id.co.travelku.app:/cb", "ok", "malformed", "malformed"),
            ("id.co.travelku.app://oauth/cb?x=1", "ok", "malformed", "malformed"),
        ] {
            assert_eq!(register(text, Public, Live), public, "{text}");
            assert_eq!(register(text, Confidential, Live), confidential, "{text}");
            assert_eq!(register(text, Confidential, Test), sandbox, "{text}");
        }
    }

    #[test]
    fn what_may_not_be_registered_by_anybody() {
        for (text, code) in [
            ("", "required"),
            ("http://app.travelku.co.id/cb", "https_required"),
            ("http://127.0.0.2/cb", "https_required"),
            ("http://10.0.0.1/cb", "https_required"),
            ("http://localhost.evil.id/cb", "https_required"),
            ("https://203.0.114.9/cb", "malformed"),
            ("https://127.0.0.1/cb", "malformed"),
            ("https://intranet/cb", "malformed"),
            ("https://*.travelku.co.id/cb", "malformed"),
            ("https://app.travelku.co.id/cb#x", "malformed"),
            ("https://u:p@app.travelku.co.id/cb", "malformed"),
            ("https://app.travelku.co.id/a/../cb", "malformed"),
            ("https://app.travelku.co.id/%2e%2e/cb", "malformed"),
            ("https://App.travelku.co.id/cb", "malformed"),
            ("https://app.travelku.co.id:443/cb", "malformed"),
            ("https://app.travelku.co.id/cb?code=1", "malformed"),
            ("https://app.travelku.co.id/cb?a=1&state", "malformed"),
            ("id.travelku.app:/cb?error=x", "malformed"),
            ("javascript:/alert(1)", "malformed"),
            ("data:/text/html,x", "malformed"),
            ("file:///etc/passwd", "malformed"),
            ("travelku:/cb", "malformed"),
            ("id.travelku.app:cb", "malformed"),
            ("ID.travelku.app:/cb", "malformed"),
            ("id..app:/cb", "malformed"),
            (".app:/cb", "malformed"),
            ("1d.app:/cb", "malformed"),
            ("id.travelku.app:/cb#x", "malformed"),
            ("id.travelku.app://u@h/cb", "malformed"),
            ("id.travelku.app:/../cb", "malformed"),
            ("id.travelku.app:/cb/*", "malformed"),
            ("urn:ietf:wg:oauth:2.0:oob", "malformed"),
        ] {
            assert_eq!(register(text, Public, Test), code, "{text:?}");
        }
        let long = format!("https://a.id/{}", "a".repeat(BYTES_MAX));
        assert_eq!(register(&long, Public, Live), "too_long");
    }

    const REGISTERED: &str = "https://app.travelku.co.id/oauth/cb?tenant=7";

    /// Ways to write something else that some program takes for the same, or for a place of one's own.
    const MUTATIONS: &[&str] = &[
        "",
        " ",
        "https://app.travelku.co.id/oauth/cb?tenant=7 ",
        " https://app.travelku.co.id/oauth/cb?tenant=7",
        "https://app.travelku.co.id/oauth/cb?tenant=7\n",
        "https://app.travelku.co.id/oauth/cb?tenant=7\0",
        "https://app.travelku.co.id/oauth/cb?tenant=7#",
        "https://app.travelku.co.id/oauth/cb?tenant=7#x",
        "https://app.travelku.co.id/oauth/cb?tenant=7&",
        "https://app.travelku.co.id/oauth/cb?tenant=7&x=1",
        "https://app.travelku.co.id/oauth/cb?tenant=8",
        "https://app.travelku.co.id/oauth/cb?Tenant=7",
        "https://app.travelku.co.id/oauth/cb?tenant=%37",
        "https://app.travelku.co.id/oauth/cb?",
        "https://app.travelku.co.id/oauth/cb",
        "https://app.travelku.co.id/oauth/cb/?tenant=7",
        "https://app.travelku.co.id/oauth/cb/",
        "https://app.travelku.co.id/oauth/CB?tenant=7",
        "https://app.travelku.co.id/oauth//cb?tenant=7",
        "https://app.travelku.co.id//oauth/cb?tenant=7",
        "https://app.travelku.co.id/oauth/./cb?tenant=7",
        "https://app.travelku.co.id/oauth/x/../cb?tenant=7",
        "https://app.travelku.co.id/oauth/%2e%2e/oauth/cb?tenant=7",
        "https://app.travelku.co.id/oauth%2fcb?tenant=7",
        "https://app.travelku.co.id/oauth%2Fcb?tenant=7",
        "https://app.travelku.co.id/oauth/%63b?tenant=7",
        "https://app.travelku.co.id/oauth/cb%00?tenant=7",
        "https://app.travelku.co.id/oauth/cb%20?tenant=7",
        "https://app.travelku.co.id/oauth\\cb?tenant=7",
        "https://app.travelku.co.id\\oauth/cb?tenant=7",
        "https://app.travelku.co.id/oauth/cb;x?tenant=7",
        "https://app.travelku.co.id/oauth/cb.evil?tenant=7",
        "https://app.travelku.co.id/oauth/cbx?tenant=7",
        "https://app.travelku.co.id/?tenant=7",
        "https://app.travelku.co.id",
        "http://app.travelku.co.id/oauth/cb?tenant=7",
        "HTTPS://app.travelku.co.id/oauth/cb?tenant=7",
        "httpss://app.travelku.co.id/oauth/cb?tenant=7",
        "//app.travelku.co.id/oauth/cb?tenant=7",
        "/oauth/cb?tenant=7",
        "app.travelku.co.id/oauth/cb?tenant=7",
        "https:/app.travelku.co.id/oauth/cb?tenant=7",
        "https:///app.travelku.co.id/oauth/cb?tenant=7",
        "https:app.travelku.co.id/oauth/cb?tenant=7",
        "javascript://app.travelku.co.id/oauth/cb?tenant=7",
        "https://App.travelku.co.id/oauth/cb?tenant=7",
        "https://APP.TRAVELKU.CO.ID/oauth/cb?tenant=7",
        "https://app.travelku.co.id./oauth/cb?tenant=7",
        "https://app.travelku.co.id:443/oauth/cb?tenant=7",
        "https://app.travelku.co.id:/oauth/cb?tenant=7",
        "https://app.travelku.co.id:8443/oauth/cb?tenant=7",
        "https://app.travelku.co.id:0443/oauth/cb?tenant=7",
        "https://travelku.co.id/oauth/cb?tenant=7",
        "https://www.app.travelku.co.id/oauth/cb?tenant=7",
        "https://xapp.travelku.co.id/oauth/cb?tenant=7",
        "https://app.travelku.co.id.evil.id/oauth/cb?tenant=7",
        "https://app.travelku.co.idevil.id/oauth/cb?tenant=7",
        "https://evil.id/app.travelku.co.id/oauth/cb?tenant=7",
        "https://evil.id?https://app.travelku.co.id/oauth/cb?tenant=7",
        "https://evil.id#https://app.travelku.co.id/oauth/cb?tenant=7",
        "https://evil.id\\@app.travelku.co.id/oauth/cb?tenant=7",
        "https://app.travelku.co.id@evil.id/oauth/cb?tenant=7",
        "https://app.travelku.co.id:x@evil.id/oauth/cb?tenant=7",
        "https://u@app.travelku.co.id/oauth/cb?tenant=7",
        "https://@app.travelku.co.id/oauth/cb?tenant=7",
        "https://app.travelku.co.id%00.evil.id/oauth/cb?tenant=7",
        "https://app%2etravelku.co.id/oauth/cb?tenant=7",
        "https://*.travelku.co.id/oauth/cb?tenant=7",
        "https://app.travelku.co.id/*",
        "https://app.travelku。co.id/oauth/cb?tenant=7",
        "https://аpp.travelku.co.id/oauth/cb?tenant=7",
        "https://xn--pp-7kc.travelku.co.id/oauth/cb?tenant=7",
        "https://ａpp.travelku.co.id/oauth/cb?tenant=7",
        "https://app.travelku.co.id/oauth/cb?tenant=7,https://evil.id/",
        "https://app.travelku.co.id/oauth/cb?tenant=7 https://evil.id/",
    ];

    #[test]
    fn only_the_very_same_bytes_are_admitted() {
        let registered = RedirectUri::register(REGISTERED, Confidential, Live).unwrap();
        assert!(MUTATIONS.len() >= 60);
        for client in [Public, Confidential] {
            assert!(registered.admits(REGISTERED, client));
            for mutation in MUTATIONS {
                assert!(!registered.admits(mutation, client), "{mutation:?}");
            }
        }
    }

    #[test]
    fn a_program_on_ones_own_machine_may_take_any_port_and_change_nothing_else() {
        let registered = RedirectUri::register("http://127.0.0.1/cb?x=1", Public, Live).unwrap();
        for port in ["", ":1", ":8080", ":51004", ":65535"] {
            let presented = format!("http://127.0.0.1{port}/cb?x=1");
            assert!(registered.admits(&presented, Public), "{presented}");
            assert_eq!(registered.admits(&presented, Confidential), port.is_empty(), "{presented}");
        }
        for presented in [
            "http://127.0.0.1:0/cb?x=1",
            "http://127.0.0.1:65536/cb?x=1",
            "http://127.0.0.1:08080/cb?x=1",
            "http://127.0.0.1:8080@evil.id/cb?x=1",
            "http://127.0.0.1:8080.evil.id/cb?x=1",
            "http://127.0.0.1:8080/cb",
            "http://127.0.0.1:8080/cb?x=1&y",
            "http://127.0.0.1:8080/CB?x=1",
            "http://127.0.0.1:8080/a/../cb?x=1",
            "http://127.0.0.1:8080/cb?x=1#",
            "http://127.0.0.2:8080/cb?x=1",
            "http://127.1:8080/cb?x=1",
            "http://2130706433:8080/cb?x=1",
            "http://[::1]:8080/cb?x=1",
            "http://[::ffff:127.0.0.1]:8080/cb?x=1",
            "http://localhost:8080/cb?x=1",
            "https://127.0.0.1:8080/cb?x=1",
        ] {
            assert!(!registered.admits(presented, Public), "{presented}");
        }
        let six = RedirectUri::register("http://[::1]:3000/cb", Public, Live).unwrap();
        assert!(six.admits("http://[::1]:9/cb", Public));
        assert!(!six.admits("http://127.0.0.1:9/cb", Public));
        // A name may be pointed elsewhere (RFC 8252 section 8.3), so it gets no exception.
        let name = RedirectUri::register("http://localhost:3000/cb", Public, Live).unwrap();
        assert!(name.admits("http://localhost:3000/cb", Public));
        assert!(!name.admits("http://localhost:3001/cb", Public));
        let own = RedirectUri::register("id.travelku.app:/cb", Public, Live).unwrap();
        assert!(!own.admits("id.travelku.app:8080/cb", Public));
    }

    proptest! {
        #[test]
        fn one_changed_character_is_noticed(at in 0_usize..44, to in "[ -~]") {
            prop_assume!(at < REGISTERED.len() && REGISTERED[at..=at] != to);
            let mut presented = REGISTERED.to_owned();
            presented.replace_range(at..=at, &to);
            let registered = RedirectUri::stored(REGISTERED.to_owned());
            prop_assert!(!registered.admits(&presented, Public));
        }

        #[test]
        fn no_text_makes_the_rules_panic(text in "(https?://|[a-z.]{1,9}:/)?[\\[\\]:.%@/?#a0-9]{0,30}\\PC{0,9}") {
            let _ = RedirectUri::register(&text, Public, Test);
            let _ = RedirectUri::stored("http://127.0.0.1/cb".to_owned()).admits(&text, Public);
        }
    }
}
