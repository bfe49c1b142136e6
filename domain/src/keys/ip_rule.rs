//! Where a key may be used from: addresses and networks, IPv4 and IPv6.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    str::FromStr,
};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::invalid::{Invalid, Rule};

/// One address (`203.0.113.7`) or network (`203.0.113.0/24`, `2001:db8::/32`). Bits beyond the
/// prefix are dropped when it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct IpRule {
    network: IpAddr,
    prefix_bits: u8,
}

impl IpRule {
    /// True when `address` lies inside. An IPv4 address in IPv6 clothing counts as what it is.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.network, address.to_canonical()) {
            (IpAddr::V4(network), IpAddr::V4(address)) => mask_v4(address, self.prefix_bits) == network,
            (IpAddr::V6(network), IpAddr::V6(address)) => mask_v6(address, self.prefix_bits) == network,
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
        }
    }

    fn is_single(&self) -> bool {
        self.prefix_bits == bits_of(self.network)
    }
}

fn bits_of(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

fn mask_v4(address: Ipv4Addr, prefix_bits: u8) -> Ipv4Addr {
    let mask = u32::MAX.checked_shl(32 - u32::from(prefix_bits.min(32))).unwrap_or(0);
    Ipv4Addr::from_bits(address.to_bits() & mask)
}

fn mask_v6(address: Ipv6Addr, prefix_bits: u8) -> Ipv6Addr {
    let mask = u128::MAX.checked_shl(128 - u32::from(prefix_bits.min(128))).unwrap_or(0);
    Ipv6Addr::from_bits(address.to_bits() & mask)
}

impl FromStr for IpRule {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        read(text.trim()).ok_or_else(|| {
            Invalid::new(
                Rule::Malformed,
                "Isi alamat IP atau jaringan, contoh 203.0.113.7 atau 203.0.113.0/24",
                "Give an IP address or a network, such as 203.0.113.7 or 203.0.113.0/24",
            )
        })
    }
}

fn read(text: &str) -> Option<IpRule> {
    let (address, prefix) = match text.split_once('/') {
        None => (text, None),
        // `parse` alone would take "+8" and "008" too.
        Some((address, prefix)) if is_plain_number(prefix) => (address, Some(prefix.parse::<u8>().ok()?)),
        Some(_) => return None,
    };
    let address: IpAddr = address.parse().ok()?;
    let prefix_bits = prefix.unwrap_or(bits_of(address));
    if prefix_bits > bits_of(address) {
        return None;
    }
    Some(match address {
        IpAddr::V4(v4) => IpRule { network: mask_v4(v4, prefix_bits).into(), prefix_bits },
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) if prefix_bits >= 96 => {
                IpRule { network: mask_v4(v4, prefix_bits - 96).into(), prefix_bits: prefix_bits - 96 }
            }
            _ => IpRule { network: mask_v6(v6, prefix_bits).into(), prefix_bits },
        },
    })
}

fn is_plain_number(text: &str) -> bool {
    text == "0"
        || (!text.starts_with('0') && !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()))
}

impl std::fmt::Display for IpRule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.is_single() {
            self.network.fmt(f)
        } else {
            write!(f, "{}/{}", self.network, self.prefix_bits)
        }
    }
}

impl Serialize for IpRule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for IpRule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(Invalid::into_serde)
    }
}

/// The rules of a key, at most [`IpAllow::RULES_MAX`]; none at all means from anywhere. Read from a
/// JSON array, or from text with commas, spaces or line breaks between, as people type it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(transparent)]
pub struct IpAllow(Vec<IpRule>);

impl IpAllow {
    pub const RULES_MAX: usize = 20;

    /// True when a key with these rules may be used from `address`.
    #[must_use]
    pub fn admits(&self, address: IpAddr) -> bool {
        self.0.is_empty() || self.0.iter().any(|rule| rule.contains(address))
    }

    #[must_use]
    pub fn rules(&self) -> &[IpRule] {
        &self.0
    }

    fn of<'a>(texts: impl Iterator<Item = &'a str>) -> Result<Self, Invalid> {
        let mut rules = Vec::new();
        for text in texts.filter(|text| !text.trim().is_empty()) {
            let rule = text.parse()?;
            if !rules.contains(&rule) {
                rules.push(rule);
            }
            if rules.len() > Self::RULES_MAX {
                return Err(Invalid::new(
                    Rule::TooLong,
                    format!("Paling banyak {} alamat", Self::RULES_MAX),
                    format!("At most {} addresses", Self::RULES_MAX),
                ));
            }
        }
        Ok(Self(rules))
    }
}

impl FromStr for IpAllow {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        Self::of(split(text))
    }
}

fn split(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c == ',' || c == ';' || c.is_whitespace())
}

impl std::fmt::Display for IpAllow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (index, rule) in self.0.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            write!(f, "{comma}{rule}")?;
        }
        Ok(())
    }
}

impl<'de> Deserialize<'de> for IpAllow {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Input {
            List(Vec<String>),
            Text(String),
        }
        match Input::deserialize(deserializer)? {
            Input::List(list) => Self::of(list.iter().flat_map(|text| split(text))),
            Input::Text(text) => text.parse(),
        }
        .map_err(Invalid::into_serde)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn rules_are_read_and_written_in_one_form() {
        for (text, form) in [
            ("203.0.113.7", Some("203.0.113.7")),
            (" 203.0.113.7/32 ", Some("203.0.113.7")),
            ("10.1.2.3/8", Some("10.0.0.0/8")),
            ("0.0.0.0/0", Some("0.0.0.0/0")),
            ("2001:DB8::1/32", Some("2001:db8::/32")),
            ("::1", Some("::1")),
            ("::ffff:192.0.2.9", Some("192.0.2.9")),
            ("::ffff:192.0.2.9/120", Some("192.0.2.0/24")),
            ("10.0.0.0/33", None),
            ("::/129", None),
            ("10.0.0.0/+8", None),
            ("10.0.0.0/08", None),
            ("10.0.0.0/", None),
            ("010.0.0.1", None),
            ("10.0.0", None),
            ("fe80::1%eth0", None),
            ("example.com", None),
            ("", None),
        ] {
            assert_eq!(text.parse::<IpRule>().ok().map(|rule| rule.to_string()).as_deref(), form, "{text:?}");
        }
    }

    #[test]
    fn a_key_without_rules_works_anywhere_and_one_with_rules_only_there() {
        let admits =
            |rules: &str, address: &str| rules.parse::<IpAllow>().unwrap().admits(address.parse().unwrap());
        assert!(admits("", "198.51.100.1"));
        assert!(admits("203.0.113.0/24, 2001:db8::/48", "203.0.113.255"));
        assert!(admits("203.0.113.0/24\n2001:db8::/48", "2001:db8:0:ffff::1"));
        assert!(admits("203.0.113.0/24", "::ffff:203.0.113.9"));
        assert!(!admits("203.0.113.0/24", "203.0.114.0"));
        assert!(!admits("203.0.113.0/24", "2001:db8::1"));
        assert!(!admits("::/0", "203.0.113.1"));
    }

    #[test]
    fn the_list_is_bounded_and_comes_as_array_or_text() {
        let many: Vec<_> = (0..21).map(|n| format!("10.0.0.{n}")).collect();
        assert!(many.join(" ").parse::<IpAllow>().is_err());
        assert_eq!(many[..20].join(" ").parse::<IpAllow>().unwrap().rules().len(), 20);
        let read = |json: &str| serde_json::from_str::<IpAllow>(json).unwrap().to_string();
        assert_eq!(read(r#"["10.0.0.1", "10.0.0.1", "10.0.0.2/31"]"#), "10.0.0.1,10.0.0.2/31");
        assert_eq!(read(r#""10.0.0.1;\r\n10.0.0.3""#), "10.0.0.1,10.0.0.3");
        assert_eq!(read(r#"["10.0.0.1\r\n10.0.0.3", ""]"#), "10.0.0.1,10.0.0.3");
        assert_eq!(read("[]"), "");
    }

    proptest! {
        #[test]
        fn membership_is_equality_of_the_leading_bits(a: u32, b: u32, bits in 0_u8..=32) {
            let rule: IpRule = format!("{}/{bits}", Ipv4Addr::from_bits(a)).parse().unwrap();
            let same = (0..u32::from(bits)).all(|n| (a >> (31 - n)) & 1 == (b >> (31 - n)) & 1);
            prop_assert_eq!(rule.contains(Ipv4Addr::from_bits(b).into()), same);
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in "\\PC{0,50}") {
            let _ = text.parse::<IpRule>();
        }
    }
}
