//! The URL of an endpoint, as far as one can tell before calling it.
//!
//! | | live | sandbox |
//! | --- | --- | --- |
//! | `https` | yes | yes |
//! | `http` | only to an address that the operator lists | yes |
//! | an address instead of a name | if it may be called, see [`super::addresses`] | the same |
//! | names that only a local network knows | no, but `localhost` where the operator lists it | the same |
//!
//! This spares people a first failure. What protects is the check of the address connected to.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::addresses;
use crate::{
    invalid::{Invalid, Rule},
    keys::{Environment, IpRule},
    web_address::{Host, Scheme, WebAddress},
};

/// What an endpoint's URL is judged by.
#[derive(Debug, Clone, Copy)]
pub struct UrlPolicy<'a> {
    pub environment: Environment,
    /// The operator's list.
    pub allowed: &'a [IpRule],
}

/// A URL that may be called, read strictly (see [`WebAddress`]).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndpointUrl(String);

impl EndpointUrl {
    /// Reads and judges a URL. Spaces around it, as pasting leaves them, are dropped.
    ///
    /// # Errors
    /// The refusal, for the field it stands in.
    pub fn check(text: &str, policy: UrlPolicy<'_>) -> Result<Self, Invalid> {
        let text = text.trim();
        let address = WebAddress::parse(text).map_err(|fault| fault.invalid())?;
        let is_listed = match address.host {
            Host::Address(ip) => {
                addresses::check(ip, policy.allowed).map_err(|_| not_allowed())?;
                lists(policy, ip)
            }
            Host::Name("localhost") => [Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()]
                .into_iter()
                .any(|ip| lists(policy, ip)),
            Host::Name(_) => false,
        };
        match address.host {
            Host::Name(name) if !is_listed && is_local(name) => return Err(not_allowed()),
            Host::Name(_) | Host::Address(_) => {}
        }
        if address.scheme == Scheme::Http && policy.environment == Environment::Live && !is_listed {
            return Err(Invalid::new(
                Rule::HttpsRequired,
                "Harus https; http hanya boleh di sandbox",
                "It must be https; http is for the sandbox only",
            ));
        }
        Ok(Self(text.to_owned()))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn lists(policy: UrlPolicy<'_>, ip: IpAddr) -> bool {
    policy.allowed.iter().any(|rule| rule.contains(ip))
}

/// Names that the public DNS does not have (RFC 6761, RFC 6762, RFC 8375, and `internal` by ICANN).
fn is_local(name: &str) -> bool {
    let Some((_, top)) = name.rsplit_once('.') else { return true };
    matches!(top, "localhost" | "local" | "internal" | "invalid" | "test" | "onion")
        || name.ends_with(".home.arpa")
}

fn not_allowed() -> Invalid {
    Invalid::new(
        Rule::AddressNotAllowed,
        "Alamat ini bukan di internet publik dan tidak akan dipanggil",
        "This address is not on the public internet and will not be called",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, environment: Environment, allowed: &[&str]) -> &'static str {
        let allowed: Vec<IpRule> = allowed.iter().map(|rule| rule.parse().unwrap()).collect();
        let policy = UrlPolicy { environment, allowed: &allowed };
        EndpointUrl::check(text, policy).map_or_else(|invalid| invalid.rule.code(), |_| "ok")
    }

    #[test]
    fn only_https_on_live_and_http_where_it_is_said() {
        for (url, live, test) in [
            ("https://hooks.travelku.co.id/kci", "ok", "ok"),
            (" https://hooks.travelku.co.id/kci\n", "ok", "ok"),
            ("https://hooks.travelku.co.id:8443/kci?x=1", "ok", "ok"),
            ("http://hooks.travelku.co.id/kci", "https_required", "ok"),
            ("https://93.184.215.14/kci", "ok", "ok"),
            ("https://10.0.0.1/kci", "address_not_allowed", "address_not_allowed"),
            ("http://127.0.0.1:9000/kci", "address_not_allowed", "address_not_allowed"),
            ("https://[::ffff:10.0.0.1]/", "address_not_allowed", "address_not_allowed"),
            ("https://[fe80::1]/", "address_not_allowed", "address_not_allowed"),
            ("http://localhost:9000/kci", "address_not_allowed", "address_not_allowed"),
            ("https://a.localhost/kci", "address_not_allowed", "address_not_allowed"),
            ("https://printer.local/", "address_not_allowed", "address_not_allowed"),
            ("https://metadata.google.internal/", "address_not_allowed", "address_not_allowed"),
            ("https://router.home.arpa/", "address_not_allowed", "address_not_allowed"),
            ("https://intranet/", "address_not_allowed", "address_not_allowed"),
            ("https://2130706433/", "malformed", "malformed"),
            ("https://0x7f.0.0.1/", "malformed", "malformed"),
            ("https://u:p@hooks.travelku.co.id/", "malformed", "malformed"),
            ("https://[fe80::1%25eth0]/", "malformed", "malformed"),
            ("gopher://hooks.travelku.co.id/", "malformed", "malformed"),
            ("", "required", "required"),
        ] {
            assert_eq!(check(url, Environment::Live, &[]), live, "{url}");
            assert_eq!(check(url, Environment::Test, &[]), test, "{url}");
        }
    }

    #[test]
    fn the_operators_list_opens_what_is_on_it_in_demo_mode() {
        let check = |url| check(url, Environment::Live, &["127.0.0.1/32"]);
        assert_eq!(check("http://127.0.0.1:9000/hook"), "ok");
        assert_eq!(check("http://localhost:9000/hook"), "ok");
        assert_eq!(check("http://127.0.0.2:9000/hook"), "address_not_allowed");
        assert_eq!(check("http://[::1]:9000/hook"), "address_not_allowed");
        assert_eq!(check("http://a.localhost:9000/hook"), "address_not_allowed");
    }
}
