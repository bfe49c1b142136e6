//! The one web origin that a key may be locked to.

use crate::invalid::{Invalid, Rule, checked_text};

/// A web origin as browsers send it (RFC 6454): `https://app.example.com`, with a port where it is
/// not the scheme's own. `http` only for this machine, where developers work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin(String);

impl Origin {
    pub const CHARS_MAX: usize = 255;
}

impl TryFrom<String> for Origin {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        let text = text.trim().trim_end_matches('/').to_ascii_lowercase();
        if text.is_empty() {
            return Err(Invalid::required());
        }
        if text.len() > Self::CHARS_MAX {
            return Err(Invalid::too_long(Self::CHARS_MAX));
        }
        read(&text).map(Self).ok_or_else(|| {
            Invalid::new(
                Rule::Malformed,
                "Isi origin, contoh https://app.example.com",
                "Give an origin, such as https://app.example.com",
            )
        })
    }
}

checked_text!(Origin);

fn read(text: &str) -> Option<String> {
    let (scheme, authority) = text.split_once("://")?;
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => {
            (host, Some(port.parse::<u16>().ok().filter(|port| *port > 0)?))
        }
        _ => (authority, None),
    };
    let is_local = matches!(host, "localhost" | "127.0.0.1" | "[::1]");
    let own_port = match scheme {
        "https" => 443,
        "http" if is_local => 80,
        _ => return None,
    };
    let is_name = host.split('.').all(|label| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    });
    if !is_name && !is_local {
        return None;
    }
    Some(match port.filter(|port| *port != own_port) {
        Some(port) => format!("{scheme}://{host}:{port}"),
        None => format!("{scheme}://{host}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_scheme_host_and_port_and_nothing_else() {
        for (text, origin) in [
            ("https://app.example.com", Some("https://app.example.com")),
            ("HTTPS://App.Example.com:443/", Some("https://app.example.com")),
            ("https://app.example.com:8443", Some("https://app.example.com:8443")),
            ("http://localhost:5173", Some("http://localhost:5173")),
            ("http://[::1]:3000", Some("http://[::1]:3000")),
            ("http://app.example.com", None),
            ("https://app.example.com/path", None),
            ("https://user@app.example.com", None),
            ("https://*.example.com", None),
            ("https://", None),
            ("https://a..b", None),
            ("https://app.example.com:0", None),
            ("https://app.example.com:99999", None),
            ("null", None),
            ("", None),
        ] {
            assert_eq!(text.parse::<Origin>().ok().as_ref().map(Origin::as_str), origin, "{text:?}");
        }
    }
}
