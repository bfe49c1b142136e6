//! Which addresses the server may connect to when a partner names the target.
//!
//! Checked on the very address that is connected to, after the name was looked up: a check of the
//! name alone can be turned around by whoever answers for it. What is not plainly the public
//! internet is refused:
//!
//! - every range of the IANA special-purpose registries (IPv4: RFC 6890 and its updates, IPv6 alike),
//!   also the few that are reachable, because nobody's server is there;
//! - multicast, the reserved ranges, and all of IPv6 outside `2000::/3`;
//! - addresses that carry an IPv4 address inside (mapped, compatible, 6to4, NAT64, Teredo), whatever
//!   that is: who means an IPv4 address can say so;
//! - addresses where clouds answer with a machine's credentials.
//!
//! The operator's allow-list comes before all of this, except for mapped addresses. A network's own
//! NAT64 prefix (RFC 6052) lies in public space and can't be known here.

use std::{
    net::{IpAddr, Ipv6Addr},
    sync::LazyLock,
};

use crate::keys::IpRule;

/// Networks that are never called, and what they are.
const SPECIAL: &[(&str, &str)] = &[
    ("0.0.0.0/8", "this network"),
    ("10.0.0.0/8", "private"),
    ("100.64.0.0/10", "carrier-grade NAT"),
    ("127.0.0.0/8", "loopback"),
    ("168.63.129.16/32", "cloud metadata"),
    ("169.254.0.0/16", "link-local"),
    ("172.16.0.0/12", "private"),
    ("192.0.0.0/24", "protocol assignments"),
    ("192.0.2.0/24", "documentation"),
    ("192.31.196.0/24", "AS112"),
    ("192.52.193.0/24", "multicast tunnels"),
    ("192.88.99.0/24", "6to4 relays"),
    ("192.168.0.0/16", "private"),
    ("192.175.48.0/24", "AS112"),
    ("198.18.0.0/15", "benchmarking"),
    ("198.51.100.0/24", "documentation"),
    ("203.0.113.0/24", "documentation"),
    ("224.0.0.0/4", "multicast"),
    ("240.0.0.0/4", "reserved"),
    ("::/128", "unspecified"),
    ("::1/128", "loopback"),
    ("::/96", "IPv4-compatible"),
    ("64:ff9b::/96", "NAT64"),
    ("64:ff9b:1::/48", "NAT64"),
    ("100::/64", "discard"),
    ("100:0:0:1::/64", "dummy prefix"),
    ("2001::/32", "Teredo"),
    ("2001::/23", "protocol assignments"),
    ("2001:db8::/32", "documentation"),
    ("2002::/16", "6to4"),
    ("2620:4f:8000::/48", "AS112"),
    ("3fff::/20", "documentation"),
    ("5f00::/16", "segment routing"),
    ("fc00::/7", "private"),
    ("fe80::/10", "link-local"),
    ("fec0::/10", "site-local"),
    ("ff00::/8", "multicast"),
];

static RULES: LazyLock<Vec<(IpRule, &str)>> = LazyLock::new(|| {
    let rule = |network: &str| network.parse().expect("a constant network");
    SPECIAL.iter().map(|&(network, what)| (rule(network), what)).collect()
});

/// An address that is not called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{address} must not be called: {what}")]
pub struct RefusedAddress {
    pub address: IpAddr,
    /// What kind of network it is in, in English.
    pub what: &'static str,
}

/// Whether the server may connect to `address`, given the operator's allow-list.
///
/// # Errors
/// [`RefusedAddress`] when it must not.
///
/// # Source
/// <https://www.iana.org/assignments/iana-ipv4-special-registry> and `iana-ipv6-special-registry`.
pub fn check(address: IpAddr, allowed: &[IpRule]) -> Result<(), RefusedAddress> {
    let refused = |what| Err(RefusedAddress { address, what });
    if matches!(address, IpAddr::V6(v6) if v6.to_ipv4_mapped().is_some()) {
        return refused("IPv4-mapped");
    }
    if allowed.iter().any(|rule| rule.contains(address)) {
        return Ok(());
    }
    if let Some(&(_, what)) = RULES.iter().find(|(rule, _)| rule.contains(address)) {
        return refused(what);
    }
    match address {
        IpAddr::V6(v6) if !is_global_unicast(v6) => refused("not assigned"),
        IpAddr::V4(_) | IpAddr::V6(_) => Ok(()),
    }
}

/// In `2000::/3`, the only part of IPv6 that is given out (RFC 4291 section 2.4).
fn is_global_unicast(address: Ipv6Addr) -> bool {
    address.segments()[0] & 0xe000 == 0x2000
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use proptest::prelude::*;

    use super::*;

    fn what(address: &str) -> Result<(), &'static str> {
        check(address.parse().unwrap(), &[]).map_err(|refused| refused.what)
    }

    /// First and last address of every entry of the IANA IPv4 and IPv6 Special-Purpose Address
    /// Registries, and of the multicast and reserved ranges beside them.
    const REFUSED: &[&str] = &[
        "0.0.0.0",
        "0.0.0.1",
        "0.255.255.255",
        "10.0.0.0",
        "10.255.255.255",
        "100.64.0.0",
        "100.127.255.255",
        "127.0.0.0",
        "127.0.0.1",
        "127.255.255.255",
        "169.254.0.0",
        "169.254.169.254",
        "169.254.170.2",
        "169.254.255.255",
        "172.16.0.0",
        "172.31.255.255",
        "192.0.0.0",
        "192.0.0.7",
        "192.0.0.8",
        "192.0.0.9",
        "192.0.0.10",
        "192.0.0.170",
        "192.0.0.171",
        "192.0.0.192",
        "192.0.0.255",
        "192.0.2.0",
        "192.0.2.255",
        "192.31.196.0",
        "192.31.196.255",
        "192.52.193.0",
        "192.52.193.255",
        "192.88.99.0",
        "192.88.99.2",
        "192.88.99.255",
        "192.168.0.0",
        "192.168.255.255",
        "192.175.48.0",
        "192.175.48.255",
        "198.18.0.0",
        "198.19.255.255",
        "198.51.100.0",
        "198.51.100.255",
        "203.0.113.0",
        "203.0.113.255",
        "224.0.0.0",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.0",
        "255.255.255.254",
        "255.255.255.255",
        "100.100.100.200",
        "168.63.129.16",
        "::",
        "::1",
        "::2",
        "::7f00:1",
        "::8.8.8.8",
        "::ffff:0.0.0.0",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "::ffff:8.8.8.8",
        "::ffff:255.255.255.255",
        "::ffff:0:7f00:1",
        "64:ff9b::",
        "64:ff9b::7f00:1",
        "64:ff9b::8.8.8.8",
        "64:ff9b::ffff:ffff",
        "64:ff9b:1::",
        "64:ff9b:1::a9fe:a9fe",
        "64:ff9b:1:ffff:ffff:ffff:ffff:ffff",
        "100::",
        "100::ffff:ffff:ffff:ffff",
        "100:0:0:1::",
        "100:0:0:1:ffff:ffff:ffff:ffff",
        "2001::",
        "2001:0:7f00:1::",
        "2001:0:ffff:ffff:ffff:ffff:ffff:ffff",
        "2001:1::1",
        "2001:1::2",
        "2001:1::3",
        "2001:2::",
        "2001:2:0:ffff:ffff:ffff:ffff:ffff",
        "2001:3::",
        "2001:3:ffff:ffff:ffff:ffff:ffff:ffff",
        "2001:4:112::",
        "2001:4:112:ffff:ffff:ffff:ffff:ffff",
        "2001:10::",
        "2001:1f:ffff:ffff:ffff:ffff:ffff:ffff",
        "2001:20::",
        "2001:2f:ffff:ffff:ffff:ffff:ffff:ffff",
        "2001:30::",
        "2001:3f:ffff:ffff:ffff:ffff:ffff:ffff",
        "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff",
        "2001:db8::",
        "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
        "2002::",
        "2002:7f00:1::1",
        "2002:a9fe:a9fe::",
        "2002:0808:0808::1",
        "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "2620:4f:8000::",
        "2620:4f:8000:ffff:ffff:ffff:ffff:ffff",
        "3fff::",
        "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff",
        "5f00::",
        "5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "fc00::",
        "fd00:ec2::254",
        "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "fe80::",
        "fe80::1",
        "fe80::a9fe:a9fe",
        "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "fec0::",
        "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "ff00::",
        "ff02::1",
        "ff0e::1",
        "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "1::",
        "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "4000::",
        "8000::1",
        "a000::1",
        "c000::1",
        "e000::1",
        "fbff::1",
    ];

    /// The addresses next to those, and some that everybody knows.
    const CALLED: &[&str] = &[
        "1.0.0.0",
        "1.1.1.1",
        "8.8.8.8",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.0",
        "168.63.129.15",
        "168.63.129.17",
        "169.253.255.255",
        "169.255.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "191.255.255.255",
        "192.0.1.0",
        "192.0.1.255",
        "192.0.3.0",
        "192.31.195.255",
        "192.31.197.0",
        "192.52.192.255",
        "192.52.194.0",
        "192.88.98.255",
        "192.88.100.0",
        "192.167.255.255",
        "192.169.0.0",
        "192.175.47.255",
        "192.175.49.0",
        "198.17.255.255",
        "198.20.0.0",
        "198.51.99.255",
        "198.51.101.0",
        "203.0.112.255",
        "203.0.114.0",
        "223.255.255.255",
        "2000::",
        "2001:200::",
        "2001:db7:ffff:ffff:ffff:ffff:ffff:ffff",
        "2001:db9::",
        "2001:4860:4860::8888",
        "2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "2003::",
        "2400:cb00::1",
        "2606:4700:4700::1111",
        "2620:4f:7fff:ffff:ffff:ffff:ffff:ffff",
        "2620:4f:8001::",
        "3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "3fff:1000::",
    ];

    #[test]
    fn every_special_purpose_range_is_refused_from_end_to_end_and_its_neighbours_are_not() {
        for address in REFUSED {
            assert!(what(address).is_err(), "{address}");
        }
        for address in CALLED {
            assert_eq!(what(address), Ok(()), "{address}");
        }
    }

    #[test]
    fn the_refusal_says_what_is_there() {
        for (address, expected) in [
            ("169.254.169.254", "link-local"),
            ("168.63.129.16", "cloud metadata"),
            ("100.100.100.200", "carrier-grade NAT"),
            ("::1", "loopback"),
            ("::ffff:8.8.8.8", "IPv4-mapped"),
            ("64:ff9b::a00:1", "NAT64"),
            ("2002:a00:1::", "6to4"),
            ("2001:0:a00:1::", "Teredo"),
            ("fd00:ec2::254", "private"),
            ("4000::", "not assigned"),
        ] {
            assert_eq!(what(address), Err(expected), "{address}");
        }
    }

    #[test]
    fn what_the_operator_lists_may_be_called_and_nothing_beside_it() {
        let allowed: Vec<IpRule> = ["127.0.0.1/32", "fd12::/16"].map(|rule| rule.parse().unwrap()).into();
        let allows = |address: &str| check(address.parse().unwrap(), &allowed).is_ok();
        assert!(allows("127.0.0.1") && allows("fd12::9"));
        for address in ["127.0.0.2", "::1", "::ffff:127.0.0.1", "::127.0.0.1", "fd13::1", "10.0.0.1"] {
            assert!(!allows(address), "{address}");
        }
    }

    proptest! {
        #[test]
        fn no_ipv4_address_that_std_knows_as_special_gets_through(bits: u32) {
            let v4 = Ipv4Addr::from_bits(bits);
            let is_special = v4.is_private() || v4.is_loopback() || v4.is_link_local() || v4.is_multicast()
                || v4.is_broadcast() || v4.is_documentation() || v4.is_unspecified();
            prop_assert!(!is_special || check(v4.into(), &[]).is_err());
            prop_assert!(check(v4.to_ipv6_mapped().into(), &[]).is_err());
            prop_assert!(check(v4.to_ipv6_compatible().into(), &[]).is_err());
        }

        #[test]
        fn nothing_outside_the_public_part_of_ipv6_gets_through(bits: u128) {
            let v6 = Ipv6Addr::from_bits(bits);
            prop_assert!(bits >> 125 == 1 || check(v6.into(), &[]).is_err());
        }
    }
}
