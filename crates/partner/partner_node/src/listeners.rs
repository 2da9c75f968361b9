use hosting::Listener;

use crate::Config;

/// Where a partner's node listens.
pub struct Listeners {
    pub pages: Listener,
    pub health: Listener,
    pub broker: Option<Listener>,
}

impl Config {
    pub fn listeners(&self) -> Listeners {
        let host = self.public_origin.0.authority();
        let broker = self.broker.as_ref().map(|broker| {
            let at = ("broker.listen", broker.listen);
            Listener::site(at, broker.origin().authority(), "/openapi.json")
        });
        Listeners {
            pages: Listener::site(("listen", self.listen), host, "/"),
            health: Listener::health("health_listen", self.health_listen),
            broker,
        }
    }
}

impl Listeners {
    pub fn all(self) -> Vec<Listener> {
        let mut all = vec![self.pages, self.health];
        all.extend(self.broker);
        all
    }
}
