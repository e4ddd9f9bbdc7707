//! Which addresses are of the public internet: a table that reads like the RFCs.
//!
//! Sources: IANA's special-purpose address registries for IPv4 and IPv6, read in 2025, with RFC 6890. Of IPv6 only
//! `2000::/3` is given to the public at all (RFC 4291, 2.4), so the rest needs no rows. Forms that carry an IPv4
//! address inside (mapped, compatible, NAT64, 6to4, Teredo) are refused outright: what is inside would need a second
//! look, and no host of the public internet is named by one. Pure; called by `guard`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The network that an IP address belongs to, as far as it decides whether a link may lead there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Network {
    /// Anybody's on the internet.
    Public,
    /// A company's or a machine's own: private, shared with a carrier, loopback. Only a host that is trusted by name may
    /// be there.
    Own,
    /// For a purpose of its own, or for nothing: never fetched from, whatever is trusted. The cloud's metadata is here.
    Special,
}

use Network::{Own, Public, Special};

/// The first row that holds an address decides.
const V4: &[(Ipv4Addr, u32, Network)] = &[
    (Ipv4Addr::UNSPECIFIED, 8, Special), // "this network", RFC 791; Linux takes 0.0.0.0 for loopback
    (Ipv4Addr::new(10, 0, 0, 0), 8, Own), // private, RFC 1918
    (Ipv4Addr::new(100, 64, 0, 0), 10, Own), // shared by a carrier and its customers, RFC 6598
    (Ipv4Addr::new(127, 0, 0, 0), 8, Own), // loopback, RFC 1122; a Lambda's runtime API listens there
    (Ipv4Addr::new(169, 254, 0, 0), 16, Special), // link-local, RFC 3927; the cloud's metadata and credentials
    (Ipv4Addr::new(172, 16, 0, 0), 12, Own), // private, RFC 1918
    (Ipv4Addr::new(192, 0, 0, 0), 24, Special), // protocol assignments of the IETF, RFC 6890
    (Ipv4Addr::new(192, 0, 2, 0), 24, Special), // documentation, RFC 5737
    (Ipv4Addr::new(192, 88, 99, 0), 24, Special), // the former relays of 6to4, RFC 7526
    (Ipv4Addr::new(192, 168, 0, 0), 16, Own), // private, RFC 1918
    (Ipv4Addr::new(198, 18, 0, 0), 15, Special), // benchmarks, RFC 2544
    (Ipv4Addr::new(198, 51, 100, 0), 24, Special), // documentation, RFC 5737
    (Ipv4Addr::new(203, 0, 113, 0), 24, Special), // documentation, RFC 5737
    (Ipv4Addr::new(224, 0, 0, 0), 4, Special), // multicast, RFC 5771
    (Ipv4Addr::new(240, 0, 0, 0), 4, Special), // reserved, RFC 1112, and broadcast, RFC 919
    (Ipv4Addr::UNSPECIFIED, 0, Public),
];

/// The first row that holds an address decides. What none holds is special, among others: unspecified (`::`),
/// IPv4-compatible (`::/96`), IPv4-mapped (`::ffff:0:0/96`), NAT64 (`64:ff9b::/96`, `64:ff9b:1::/48`), discard (`100::/64`),
/// segment routing (`5f00::/16`), link-local (`fe80::/10`), site-local (`fec0::/10`) and multicast (`ff00::/8`).
const V6: &[(Ipv6Addr, u32, Network)] = &[
    (Ipv6Addr::LOCALHOST, 128, Own),                               // loopback, RFC 4291
    (Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0), 7, Own),          // unique local, RFC 4193
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23, Special), // assignments of the IETF, Teredo among them, RFC 2928, 4380
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32, Special), // documentation, RFC 3849
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16, Special), // 6to4, RFC 3056
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20, Special), // documentation, RFC 9637
    (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3, Public),   // global unicast, RFC 4291
];

/// Whether anybody on the internet may be asked for this address: neither private nor special.
pub fn is_public(address: IpAddr) -> bool {
    network(address) == Public
}

/// Whose an address is.
pub fn network(address: IpAddr) -> Network {
    let row = match address {
        // What two addresses have in common ends at the first bit of their exclusive or.
        IpAddr::V4(address) => {
            V4.iter().find(|row| (address.to_bits() ^ row.0.to_bits()).leading_zeros() >= row.1).map(|row| row.2)
        }
        IpAddr::V6(address) => {
            V6.iter().find(|row| (address.to_bits() ^ row.0.to_bits()).leading_zeros() >= row.1).map(|row| row.2)
        }
    };
    row.unwrap_or(Special)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Both edges of a range, and the addresses just outside of it.
    fn check(first: &str, last: &str, inside: Network, before: Option<Network>, after: Option<Network>) {
        let (first, last): (IpAddr, IpAddr) = (first.parse().unwrap(), last.parse().unwrap());
        for edge in [first, last] {
            assert_eq!(network(edge), inside, "{edge}");
            assert_eq!(is_public(edge), inside == Public, "{edge}");
        }
        let step = |address: IpAddr, by: i8| match address {
            IpAddr::V4(address) => address.to_bits().checked_add_signed(by.into()).map(|bits| IpAddr::V4(bits.into())),
            IpAddr::V6(address) => address.to_bits().checked_add_signed(by.into()).map(|bits| IpAddr::V6(bits.into())),
        };
        assert_eq!(step(first, -1).map(network), before, "before {first}");
        assert_eq!(step(last, 1).map(network), after, "after {last}");
    }

    #[test]
    fn ranges_of_ipv4() {
        for (first, last, inside, before, after) in [
            ("0.0.0.0", "0.255.255.255", Special, None, Some(Public)),
            ("10.0.0.0", "10.255.255.255", Own, Some(Public), Some(Public)),
            ("100.64.0.0", "100.127.255.255", Own, Some(Public), Some(Public)),
            ("127.0.0.0", "127.255.255.255", Own, Some(Public), Some(Public)),
            ("169.254.0.0", "169.254.255.255", Special, Some(Public), Some(Public)),
            ("172.16.0.0", "172.31.255.255", Own, Some(Public), Some(Public)),
            ("192.0.0.0", "192.0.0.255", Special, Some(Public), Some(Public)),
            ("192.0.2.0", "192.0.2.255", Special, Some(Public), Some(Public)),
            ("192.88.99.0", "192.88.99.255", Special, Some(Public), Some(Public)),
            ("192.168.0.0", "192.168.255.255", Own, Some(Public), Some(Public)),
            ("198.18.0.0", "198.19.255.255", Special, Some(Public), Some(Public)),
            ("198.51.100.0", "198.51.100.255", Special, Some(Public), Some(Public)),
            ("203.0.113.0", "203.0.113.255", Special, Some(Public), Some(Public)),
            ("224.0.0.0", "239.255.255.255", Special, Some(Public), Some(Special)),
            ("240.0.0.0", "255.255.255.255", Special, Some(Special), None),
            ("1.0.0.0", "9.255.255.255", Public, Some(Special), Some(Own)),
        ] {
            check(first, last, inside, before, after);
        }
    }

    #[test]
    fn ranges_of_ipv6() {
        let all = "ffff:ffff:ffff:ffff:ffff:ffff";
        for (first, last, inside, before, after) in [
            ("::", "::", Special, None, Some(Own)),
            ("::1", "::1", Own, Some(Special), Some(Special)),
            ("::2", "::ffff:ffff", Special, Some(Own), Some(Special)), // IPv4-compatible
            ("::ffff:0.0.0.0", "::ffff:255.255.255.255", Special, Some(Special), Some(Special)), // IPv4-mapped
            ("64:ff9b::", "64:ff9b::ffff:ffff", Special, Some(Special), Some(Special)), // NAT64
            ("64:ff9b:1::", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff", Special, Some(Special), Some(Special)),
            ("100::", "100::ffff:ffff:ffff:ffff", Special, Some(Special), Some(Special)), // discard
            ("2000::", &format!("2000:ffff:{all}"), Public, Some(Special), Some(Special)),
            ("2001::", &format!("2001:1ff:{all}"), Special, Some(Public), Some(Public)),
            ("2001:db8::", &format!("2001:db8:{all}"), Special, Some(Public), Some(Public)),
            ("2002::", &format!("2002:ffff:{all}"), Special, Some(Public), Some(Public)), // 6to4
            ("3fff::", &format!("3fff:fff:{all}"), Special, Some(Public), Some(Public)),
            ("3fff:1000::", &format!("3fff:ffff:{all}"), Public, Some(Special), Some(Special)), // the end of 2000::/3
            ("5f00::", &format!("5f00:ffff:{all}"), Special, Some(Special), Some(Special)),     // segment routing
            ("fc00::", &format!("fdff:ffff:{all}"), Own, Some(Special), Some(Special)),         // unique local
            ("fe80::", &format!("febf:ffff:{all}"), Special, Some(Special), Some(Special)),     // link-local
            ("fec0::", &format!("feff:ffff:{all}"), Special, Some(Special), Some(Special)),     // site-local
            ("ff00::", &format!("ffff:ffff:{all}"), Special, Some(Special), None),              // multicast
        ] {
            check(first, last, inside, before, after);
        }
    }

    #[test]
    fn known_hosts_are_public() {
        for address in ["1.1.1.1", "20.150.0.1", "100.63.255.255", "172.32.0.1", "2606:4700:4700::1111", "2a00::1"] {
            assert!(is_public(address.parse().unwrap()), "{address}");
        }
    }
}
