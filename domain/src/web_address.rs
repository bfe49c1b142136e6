//! Web addresses that others give us, read strictly: only what can be read in one way.
//!
//! Two programs that read the same odd URL differently are how requests are smuggled to where they
//! must not go. So nothing is repaired or guessed here; what is left is a small part of RFC 3986
//! that every program reads alike:
//!
//! | part | taken | refused |
//! | --- | --- | --- |
//! | scheme | `https` and `http`, in lower case | all others |
//! | user | – | any `@` before the path |
//! | host | DNS name in ASCII lower case, IPv4 as four decimal numbers, IPv6 in brackets | a name that ends in a number (`2130706433`, `0x7f.1`, `127.1`), a dot at the end, `%`, zone ids, international letters not in their `xn--` form |
//! | port | 1 to 65535 without zeros in front | empty, and the scheme's own |
//! | path, query | visible ASCII, `%` only before two hex digits | backslash, quotes, brackets, `.` and `..` as segments, also encoded; an encoded slash |
//! | fragment | – | any `#` |

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::invalid::{Invalid, Rule};

/// Longest address that is read, in bytes.
pub const BYTES_MAX: usize = 2_048;

/// Who answers at an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Host<'a> {
    /// A DNS name; whose addresses are to be looked up.
    Name(&'a str),
    Address(IpAddr),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    Http,
    Https,
}

impl Scheme {
    #[must_use]
    pub const fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

/// A web address in its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WebAddress<'a> {
    pub scheme: Scheme,
    pub host: Host<'a>,
    /// Only where it is not the scheme's own.
    pub port: Option<u16>,
    /// Empty, or begins with a slash.
    pub path: &'a str,
    /// What stands behind the question mark.
    pub query: Option<&'a str>,
}

/// Why an address is not read. Printed in English; [`AddressFault::invalid`] has both languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressFault {
    #[error("empty")]
    Empty,
    #[error("longer than 2048 bytes")]
    TooLong,
    #[error("not http:// or https://")]
    Scheme,
    #[error("contains a character that has no place in a URL")]
    Character,
    #[error("contains a user name or password")]
    UserInfo,
    #[error("contains a fragment")]
    Fragment,
    #[error("the host is neither a name, nor an IPv4 or IPv6 address in its usual form")]
    Host,
    #[error("the port is not a number from 1 to 65535, or is the scheme's own")]
    Port,
    #[error("the path goes up or hides a slash")]
    Path,
}

impl AddressFault {
    /// The refusal of a field that holds such an address.
    #[must_use]
    pub fn invalid(self) -> Invalid {
        let malformed = |id: &'static str, en: &'static str| Invalid::new(Rule::Malformed, id, en);
        match self {
            Self::Empty => Invalid::required(),
            Self::TooLong => Invalid::too_long(BYTES_MAX),
            Self::Scheme => malformed("Harus diawali https://", "It must begin with https://"),
            Self::Character => malformed(
                "Berisi karakter yang tidak boleh ada di URL; tulis sebagai %XX",
                "Contains a character that a URL can't have; write it as %XX",
            ),
            Self::UserInfo => malformed(
                "Tidak boleh berisi nama pengguna atau kata sandi",
                "It must not contain a user name or password",
            ),
            Self::Fragment => malformed("Tidak boleh berisi #", "It must not contain #"),
            Self::Host => malformed(
                "Host harus nama domain huruf kecil (bentuk xn-- bila perlu) atau alamat IP yang lengkap",
                "The host must be a domain name in lower case (its xn-- form where needed) or a complete IP address",
            ),
            Self::Port => malformed(
                "Port harus angka 1 sampai 65535; hilangkan port bawaan",
                "The port must be a number from 1 to 65535; leave out the usual one",
            ),
            Self::Path => malformed(
                "Path tidak boleh berisi . atau .. sebagai segmen, atau garis miring yang disandikan",
                "The path must not contain . or .. as a segment, or an encoded slash",
            ),
        }
    }
}

impl<'a> WebAddress<'a> {
    /// Reads an address.
    ///
    /// # Errors
    /// The first [`AddressFault`] found.
    pub fn parse(text: &'a str) -> Result<Self, AddressFault> {
        if text.is_empty() {
            return Err(AddressFault::Empty);
        }
        if text.len() > BYTES_MAX {
            return Err(AddressFault::TooLong);
        }
        let (scheme, rest) = match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
            (Some(rest), _) => (Scheme::Https, rest),
            (None, Some(rest)) => (Scheme::Http, rest),
            (None, None) => return Err(AddressFault::Scheme),
        };
        check_characters(rest)?;
        let at = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, behind) = rest.split_at(at);
        if authority.contains('@') {
            return Err(AddressFault::UserInfo);
        }
        let (host, port) = split_port(authority)?;
        let port = port.map(|digits| read_port(digits, scheme)).transpose()?;
        let (path, query) = match behind.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (behind, None),
        };
        check_path(path)?;
        Ok(Self { scheme, host: read_host(host)?, port, path, query })
    }

    /// The port to connect to.
    #[must_use]
    pub fn connect_port(&self) -> u16 {
        self.port.unwrap_or(self.scheme.default_port())
    }
}

/// Visible ASCII that RFC 3986 knows, brackets left to the host.
pub(crate) fn check_characters(text: &str) -> Result<(), AddressFault> {
    let bytes = text.as_bytes();
    for (index, &byte) in bytes.iter().enumerate() {
        match byte {
            b'#' => return Err(AddressFault::Fragment),
            b'%' => {
                let digits = bytes.get(index + 1..index + 3).unwrap_or_default();
                if digits.len() != 2 || !digits.iter().all(u8::is_ascii_hexdigit) {
                    return Err(AddressFault::Character);
                }
            }
            b'[' | b']' => {}
            _ if byte.is_ascii_alphanumeric() || b"-._~:/?@!$&'()*+,;=".contains(&byte) => {}
            _ => return Err(AddressFault::Character),
        }
    }
    Ok(())
}

fn split_port(authority: &str) -> Result<(&str, Option<&str>), AddressFault> {
    if let Some(rest) = authority.strip_prefix('[') {
        let end = rest.find(']').ok_or(AddressFault::Host)?;
        let host = &authority[..end + 2];
        return match &rest[end + 1..] {
            "" => Ok((host, None)),
            behind => Ok((host, Some(behind.strip_prefix(':').ok_or(AddressFault::Host)?))),
        };
    }
    match authority.split_once(':') {
        Some((host, port)) => Ok((host, Some(port))),
        None => Ok((authority, None)),
    }
}

fn read_port(digits: &str, scheme: Scheme) -> Result<u16, AddressFault> {
    let is_plain = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
    let port = digits.parse::<u16>().ok().filter(|_| is_plain).ok_or(AddressFault::Port)?;
    if port == scheme.default_port() { Err(AddressFault::Port) } else { Ok(port) }
}

fn read_host(host: &str) -> Result<Host<'_>, AddressFault> {
    if let Some(inner) = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        let address: Ipv6Addr = inner.parse().map_err(|_| AddressFault::Host)?;
        return Ok(Host::Address(address.into()));
    }
    let last = host.rsplit('.').next().unwrap_or_default();
    // As WHATWG's URL standard tells an IPv4 address from a name; ours takes its usual form alone.
    let ends_in_number = last.bytes().all(|byte| byte.is_ascii_digit())
        || last.strip_prefix("0x").is_some_and(|hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit()));
    if ends_in_number {
        let address: Ipv4Addr = host.parse().map_err(|_| AddressFault::Host)?;
        return Ok(Host::Address(address.into()));
    }
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
    };
    if host.len() <= 253 && host.split('.').all(is_label) {
        Ok(Host::Name(host))
    } else {
        Err(AddressFault::Host)
    }
}

pub(crate) fn check_path(path: &str) -> Result<(), AddressFault> {
    if path.contains(['[', ']']) {
        return Err(AddressFault::Path);
    }
    let plain = path.to_ascii_lowercase().replace("%2e", ".");
    let goes_up = plain.split('/').any(|segment| matches!(segment, "." | ".."));
    // Some servers decode these before they route.
    let hides = plain.contains("%2f") || plain.contains("%5c") || plain.contains("%00");
    if goes_up || hides { Err(AddressFault::Path) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn usual_addresses_come_in_their_parts() {
        let read = WebAddress::parse("https://hooks.example.co.id:8443/kci/v1?a=b&c=%20").unwrap();
        assert_eq!(
            read,
            WebAddress {
                scheme: Scheme::Https,
                host: Host::Name("hooks.example.co.id"),
                port: Some(8443),
                path: "/kci/v1",
                query: Some("a=b&c=%20"),
            }
        );
        assert_eq!(read.connect_port(), 8443);
        let host = |text| WebAddress::parse(text).unwrap().host;
        assert_eq!(host("http://127.0.0.1/"), Host::Address(Ipv4Addr::LOCALHOST.into()));
        assert_eq!(host("http://[::1]:3000/"), Host::Address(Ipv6Addr::LOCALHOST.into()));
        assert_eq!(host("https://xn--bcher-kva.example/"), Host::Name("xn--bcher-kva.example"));
        assert_eq!(host("https://1.a/"), Host::Name("1.a"));
        assert_eq!(WebAddress::parse("http://a/").unwrap().connect_port(), 80);
        assert_eq!(WebAddress::parse("https://a.id/?").unwrap().query, Some(""));
        assert_eq!(WebAddress::parse("https://a.id?x").unwrap().query, Some("x"));
        assert_eq!(WebAddress::parse("https://a.id/@b:c").unwrap().path, "/@b:c");
    }

    #[test]
    fn what_can_be_read_in_two_ways_is_not_read() {
        use AddressFault::{Character, Empty, Fragment, Host, Path, Port, Scheme, UserInfo};
        for (text, fault) in [
            ("", Empty),
            ("ftp://a.id/", Scheme),
            ("HTTPS://a.id/", Scheme),
            ("https:/a.id/", Scheme),
            ("//a.id/", Scheme),
            (" https://a.id/", Scheme),
            ("file:///etc/passwd", Scheme),
            ("https://a.id/ ", Character),
            ("https://a.id/\t", Character),
            ("https://a.id\\@b.id/", Character),
            ("https://a.id/\u{0}", Character),
            ("https://a.id/%", Character),
            ("https://a.id/%2", Character),
            ("https://a.id/%zz", Character),
            ("https://a.id/ü", Character),
            ("https://bücher.example/", Character),
            ("https://a.id/\"", Character),
            ("https://a.id/<x>", Character),
            ("https://a.id/#", Fragment),
            ("https://a.id#@b.id/", Fragment),
            ("https://u@a.id/", UserInfo),
            ("https://u:p@a.id/", UserInfo),
            ("https://@a.id/", UserInfo),
            ("https://a.id:443@b.id/", UserInfo),
            ("https:///", Host),
            ("https:///a.id", Host),
            ("https://A.id/", Host),
            ("https://a.id./", Host),
            ("https://.a.id/", Host),
            ("https://a..id/", Host),
            ("https://-a.id/", Host),
            ("https://a-.id/", Host),
            ("https://a_b.id/", Host),
            ("https://*.a.id/", Host),
            ("https://%61.id/", Host),
            ("https://2130706433/", Host),
            ("https://0x7f000001/", Host),
            ("https://0x7f.1/", Host),
            ("https://017700000001/", Host),
            ("https://0177.0.0.1/", Host),
            ("https://127.1/", Host),
            ("https://127.0.1/", Host),
            ("https://127.0.0.1./", Host),
            ("https://127.0.0.256/", Host),
            ("https://127.0.0.01/", Host),
            ("https://1.2.3.4.5/", Host),
            ("https://a.0x/", Host),
            ("https://[::1/", Host),
            ("https://[::1]x/", Host),
            ("https://[::1%25eth0]/", Host),
            ("https://[127.0.0.1]/", Host),
            ("https://[]/", Host),
            ("https://::1/", Port),
            ("https://a.id:/", Port),
            ("https://a.id:0/", Port),
            ("https://a.id:443/", Port),
            ("http://a.id:80/", Port),
            ("https://a.id:08443/", Port),
            ("https://a.id:+8443/", Port),
            ("https://a.id:65536/", Port),
            ("https://a.id:8443:1/", Port),
            ("https://a.id/a/../b", Path),
            ("https://a.id/.", Path),
            ("https://a.id/%2e%2E/b", Path),
            ("https://a.id/a%2Fb", Path),
            ("https://a.id/a%5cb", Path),
            ("https://a.id/a%00", Path),
            ("https://a.id/[1]", Path),
        ] {
            assert_eq!(WebAddress::parse(text), Err(fault), "{text:?}");
        }
        let long = format!("https://a.id/{}", "a".repeat(BYTES_MAX));
        assert_eq!(WebAddress::parse(&long), Err(AddressFault::TooLong));
        let label = format!("https://{}.id/", "a".repeat(64));
        assert_eq!(WebAddress::parse(&label), Err(AddressFault::Host));
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parser_panic(text in "(https?://)?[\\[\\]:.%@/a0-9]{0,30}\\PC{0,20}") {
            let _ = WebAddress::parse(&text);
        }
    }
}
