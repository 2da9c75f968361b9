use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::extract::{ConnectInfo, Request, State};
use axum::middleware::{self, Next};
use axum::response::Response;
use http::HeaderMap;
use ipnet::IpNet;
use serde::Deserialize;

use crate::Finding;

const FORWARDED_FOR: &str = "x-forwarded-for";

/// Networks whose word is taken for whom they speak: load balancers, and proxies that end TLS.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(transparent)]
pub struct TrustedProxies(Vec<IpNet>);

impl TrustedProxies {
    /// What should be thought over. `behind_proxy`: whether one must stand before the site.
    pub fn finding(&self, behind_proxy: bool) -> Option<Finding> {
        let about = "proxies";
        if self.0.iter().any(|network| network.prefix_len() == 0) {
            return Some(Finding::warning(
                about,
                "trusted_proxies holds every address: whoever calls may say that he is somebody \
                 else, and no limit by address holds",
                "name the proxy's network alone",
            ));
        }
        (behind_proxy && self.0.is_empty()).then(|| {
            Finding::warning(
                about,
                "trusted_proxies is empty: behind a proxy, limits by address take all callers \
                 for one",
                "name the proxy's network",
            )
        })
    }

    fn trust(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }

    /// Whom a request came from: the last address in `X-Forwarded-For` that no trusted proxy has.
    /// What stands before it was written by that client, who may write anything.
    fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        if !self.trust(peer) {
            return peer;
        }
        let values = headers.get_all(FORWARDED_FOR).iter();
        let listed: Vec<&str> = values
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .collect();
        let mut client = peer;
        for text in listed.iter().rev() {
            // What cannot be read ends the chain: nobody vouches for what stands before it.
            let Ok(address) = text.trim().parse() else {
                break;
            };
            client = address;
            if !self.trust(address) {
                break;
            }
        }
        client
    }

    /// Gives the sites behind it the client's address instead of the proxy's.
    pub fn around(self, router: Router) -> Router {
        if self.0.is_empty() {
            return router;
        }
        router.layer(middleware::from_fn_with_state(Arc::new(self), resolve))
    }
}

async fn resolve(
    State(proxies): State<Arc<TrustedProxies>>,
    mut request: Request,
    next: Next,
) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    if let Some(ConnectInfo(peer)) = peer.copied() {
        let client = proxies.client(peer.ip(), request.headers());
        let address = SocketAddr::new(client, peer.port());
        request.extensions_mut().insert(ConnectInfo(address));
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(proxies: &[&str], peer: &str, forwarded: &[&str]) -> String {
        let networks = proxies.iter().map(|text| text.parse().unwrap()).collect();
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append(FORWARDED_FOR, value.parse().unwrap());
        }
        let proxies = TrustedProxies(networks);
        proxies.client(peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn nobody_but_a_trusted_proxy_speaks_for_others() {
        let said = ["198.51.100.7"];
        assert_eq!(client(&[], "192.0.2.1", &said), "192.0.2.1");
        assert_eq!(client(&["10.0.0.0/8"], "192.0.2.1", &said), "192.0.2.1");
        assert_eq!(client(&["10.0.0.0/8"], "10.1.1.1", &said), "198.51.100.7");
        assert_eq!(
            client(&["10.0.0.0/8"], "::ffff:10.1.1.1", &said),
            "198.51.100.7"
        );
    }

    #[test]
    fn what_a_client_writes_itself_does_not_count() {
        let chain = ["203.0.113.9, 198.51.100.7", "10.2.2.2"];
        assert_eq!(client(&["10.0.0.0/8"], "10.1.1.1", &chain), "198.51.100.7");
        let nonsense = ["203.0.113.9, unknown"];
        assert_eq!(client(&["10.0.0.0/8"], "10.1.1.1", &nonsense), "10.1.1.1");
        assert_eq!(client(&["10.0.0.0/8"], "10.1.1.1", &[]), "10.1.1.1");
    }
}
