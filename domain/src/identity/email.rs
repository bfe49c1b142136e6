//! E-mail addresses, as far as one can tell without sending a mail.

use crate::invalid::{Invalid, Rule, checked_text};

/// An address that a mail can be sent to: `local@domain` in ASCII, at most 254 characters
/// (RFC 5321 section 4.5.3.1), domain in lower case.
///
/// Quoted local parts and address literals are legal there and refused here: nobody has one, and
/// they are what header injection is made of. International domains come in their `xn--` form.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct EmailAddress(String);

impl EmailAddress {
    pub const CHARS_MAX: usize = 254;

    /// The form that decides whether two addresses are the same account: all lower case.
    #[must_use]
    pub fn folded(&self) -> String {
        self.0.to_ascii_lowercase()
    }

    fn local(&self) -> &str {
        self.0.split_once('@').map_or("", |(local, _)| local)
    }

    /// True when `text` is this address or what stands before its `@`.
    #[must_use]
    pub fn is_said_by(&self, text: &str) -> bool {
        text.eq_ignore_ascii_case(&self.0) || text.eq_ignore_ascii_case(self.local())
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        // Telephone keyboards leave a space behind.
        let text = text.trim_matches(' ');
        if text.is_empty() {
            return Err(Invalid::required());
        }
        if text.chars().count() > Self::CHARS_MAX {
            return Err(Invalid::too_long(Self::CHARS_MAX));
        }
        match text.split_once('@') {
            Some((local, domain)) if is_local(local) && is_domain(domain) => {
                Ok(Self(format!("{local}@{}", domain.to_ascii_lowercase())))
            }
            _ => Err(Invalid::new(
                Rule::Malformed,
                "Bukan alamat email yang lengkap, misalnya nama@perusahaan.co.id",
                "Not a complete e-mail address, such as name@company.co.id",
            )),
        }
    }
}

checked_text!(EmailAddress);

/// A dot-atom (RFC 5322 section 3.2.3).
fn is_local(local: &str) -> bool {
    let is_atext = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte);
    local.len() <= 64 && local.split('.').all(|atom| !atom.is_empty() && atom.bytes().all(is_atext))
}

/// Two labels or more (RFC 1123 section 2.1), the last of them no number.
fn is_domain(domain: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    domain.len() <= 253
        && domain.split('.').all(is_label)
        && domain.rsplit_once('.').is_some_and(|(_, top)| !top.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<String, &'static str> {
        EmailAddress::try_from(text.to_owned()).map(|email| email.0).map_err(|invalid| invalid.rule.code())
    }

    #[test]
    fn usual_addresses_are_taken_and_the_domain_is_folded() {
        assert_eq!(read(" Dev.Ops+api@TravelKu.CO.ID "), Ok("Dev.Ops+api@travelku.co.id".to_owned()));
        assert_eq!(read("o'brien@xn--bcher-kva.example"), Ok("o'brien@xn--bcher-kva.example".to_owned()));
        let email: EmailAddress = "Dev@Example.ID".parse().unwrap();
        assert_eq!(email.folded(), "dev@example.id");
        assert!(
            email.is_said_by("dev@example.id") && email.is_said_by("DEV") && !email.is_said_by("example.id")
        );
    }

    #[test]
    fn addresses_that_could_forge_a_header_or_reach_nobody_are_refused() {
        for bad in [
            "a@b.id\r\nBcc: x@y.id",
            "a\n@b.id",
            "a@b.id\0",
            "\"a b\"@b.id",
            "a@[127.0.0.1]",
            "a@127.0.0.1",
            "a@localhost",
            "a@@b.id",
            "@b.id",
            "a@",
            "a.@b.id",
            ".a@b.id",
            "a..b@b.id",
            "a@-b.id",
            "a@b..id",
            "a@b.id.",
            "a b@c.id",
            "a@b.id,c@d.id",
            "<a@b.id>",
            "a@bücher.example",
            "plain",
        ] {
            assert_eq!(read(bad), Err("malformed"), "{bad:?}");
        }
        assert_eq!(read(""), Err("required"));
        assert_eq!(read(&format!("{}@b.id", "a".repeat(65))), Err("malformed"));
        assert_eq!(read(&format!("a@{}.id", "b.".repeat(140))), Err("too_long"));
    }
}
