//! Whether a partner answers, asked before anything is handed out.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;
use url::{Host, Url};

const PATIENCE: Duration = Duration::from_secs(2);

/// Why a partner counts as unreachable. For the log.
#[derive(Debug, PartialEq, Eq)]
pub enum Unreachable {
    /// Not https, or no host: nothing that a connect URI may be.
    NoPartnerAddress,
    /// Its name leads to no address on the public network (S30).
    NotPublic,
    NoAnswer,
}

/// Opens a connection to the partner's server and closes it again. The name is resolved once, and
/// the connection goes to an address that was judged. With `loopback`, that one is allowed too.
pub async fn probe(connect_uri: &Url, loopback: bool) -> Result<(), Unreachable> {
    timeout(PATIENCE, attempt(connect_uri, loopback))
        .await
        .unwrap_or(Err(Unreachable::NoAnswer))
}

async fn attempt(connect_uri: &Url, loopback: bool) -> Result<(), Unreachable> {
    let host = connect_uri.host().ok_or(Unreachable::NoPartnerAddress)?;
    let port = connect_uri
        .port_or_known_default()
        .ok_or(Unreachable::NoPartnerAddress)?;
    let resolved: Vec<SocketAddr> = match host {
        Host::Ipv4(address) => vec![SocketAddr::new(address.into(), port)],
        Host::Ipv6(address) => vec![SocketAddr::new(address.into(), port)],
        Host::Domain(name) => lookup_host((name, port))
            .await
            .map_err(|_| Unreachable::NoAnswer)?
            .collect(),
    };
    let mut allowed = resolved
        .into_iter()
        .filter(|address| is_allowed(address.ip(), loopback))
        .peekable();
    let first = *allowed.peek().ok_or(Unreachable::NotPublic)?;
    let on_loopback = first.ip().to_canonical().is_loopback();
    if connect_uri.scheme() != "https" && !(connect_uri.scheme() == "http" && on_loopback) {
        return Err(Unreachable::NoPartnerAddress);
    }
    for address in allowed {
        if TcpStream::connect(address).await.is_ok() {
            return Ok(());
        }
    }
    Err(Unreachable::NoAnswer)
}

fn is_allowed(address: IpAddr, loopback: bool) -> bool {
    match address.to_canonical() {
        address if address.is_loopback() => loopback,
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = address.is_private()
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_documentation()
        || address.is_multicast()
        || a == 0
        // Shared address space, protocol assignments, benchmarks, reserved.
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (b == 18 || b == 19))
        || a >= 240;
    !special
}

/// Only global unicast, and none of its ranges that carry an IPv4 address inside.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    let global = first & 0xe000 == 0x2000;
    let translated = first == 0x2002 || (first == 0x2001 && second == 0);
    let documentation = first == 0x2001 && second == 0x0db8;
    global && !translated && !documentation
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s30_only_public_addresses_are_reached() {
        for (address, allowed) in [
            ("93.184.216.34", true),
            ("2606:2800:220:1::1", true),
            ("10.0.0.1", false),
            ("172.16.5.4", false),
            ("192.168.1.1", false),
            ("169.254.169.254", false),
            ("100.64.0.1", false),
            ("0.0.0.0", false),
            ("255.255.255.255", false),
            ("127.0.0.1", false),
            ("::1", false),
            ("::", false),
            ("::ffff:10.0.0.1", false),
            ("::ffff:127.0.0.1", false),
            ("64:ff9b::a00:1", false),
            ("2002:a00:1::", false),
            ("fd00:ec2::254", false),
            ("fe80::1", false),
            ("ff02::1", false),
        ] {
            let parsed: IpAddr = address.parse().unwrap();
            assert_eq!(is_allowed(parsed, false), allowed, "{address}");
        }
        assert!(is_allowed("::ffff:127.0.0.1".parse().unwrap(), true));
        assert!(!is_allowed("10.0.0.1".parse().unwrap(), true));
    }

    #[tokio::test]
    async fn s30_other_ways_to_write_an_address_are_seen_through() {
        for uri in [
            "https://0x7f.1/",
            "https://2130706433/",
            "https://[::ffff:a00:1]/",
            "https://localhost/",
        ] {
            let result = probe(&uri.parse().unwrap(), false).await;
            assert_eq!(result, Err(Unreachable::NotPublic), "{uri}");
        }
    }

    #[tokio::test]
    async fn a_listening_partner_is_reachable_and_a_silent_one_is_not() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let uri: Url = format!("http://{}/connect?x=1", listener.local_addr().unwrap())
            .parse()
            .unwrap();
        assert_eq!(probe(&uri, true).await, Ok(()));
        drop(listener);
        assert_eq!(probe(&uri, true).await, Err(Unreachable::NoAnswer));
    }
}
