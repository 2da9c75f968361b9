use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use protocol::{DataCenter, DataCenters, Origin};
use tokio::net::TcpListener;

/// Where a demo listens: always on the loopback address.
#[derive(Clone, Copy, Debug)]
pub enum Ports {
    /// App Center at the base, the data centres at 1, 2 and 3 above it, the partner at 10 above, the
    /// outbox at 11 above.
    From(u16),
    /// Whatever is free: for tests, of which many run at a time.
    Any,
}

/// The listeners of a demo, bound before anything else happens, so that addresses are known.
pub struct Listeners {
    pub app_center: TcpListener,
    /// Landing zone, `us2`, `eu2`.
    pub data_centers: [TcpListener; 3],
    pub partner: TcpListener,
    pub outbox: TcpListener,
    /// A port at which nobody listens.
    pub closed_port: u16,
}

impl Ports {
    pub async fn bind(self) -> io::Result<Listeners> {
        Ok(Listeners {
            app_center: self.listener(0).await?,
            data_centers: [
                self.listener(1).await?,
                self.listener(2).await?,
                self.listener(3).await?,
            ],
            partner: self.listener(10).await?,
            outbox: self.listener(11).await?,
            closed_port: match self {
                Ports::From(base) => base.saturating_add(19),
                // Bound and let go: free for as long as nobody asks for a port of its own.
                Ports::Any => port(&self.listener(0).await?)?,
            },
        })
    }

    async fn listener(self, offset: u16) -> io::Result<TcpListener> {
        let port = match self {
            Ports::From(base) => base
                .checked_add(offset)
                .ok_or(io::ErrorKind::InvalidInput)?,
            Ports::Any => 0,
        };
        TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))
            .await
            .map_err(|error| {
                io::Error::new(
                    error.kind(),
                    format!("port {port} cannot be listened on: {error}"),
                )
            })
    }
}

impl Listeners {
    pub fn data_centers(&self) -> io::Result<DataCenters> {
        let center = |name: &str, listener: &TcpListener| {
            Ok::<_, io::Error>(DataCenter {
                name: name.to_owned(),
                base_uri: origin(listener)?,
            })
        };
        let [landing_zone, us2, eu2] = &self.data_centers;
        Ok(DataCenters {
            landing_zone: center("glz", landing_zone)?,
            regions: vec![center("us2", us2)?, center("eu2", eu2)?],
        })
    }
}

/// The address of a listener, as a browser writes it.
pub fn origin(listener: &TcpListener) -> io::Result<Origin> {
    let text = format!("http://127.0.0.1:{}", port(listener)?);
    Ok(text
        .parse()
        .expect("an address of the loopback interface is an origin"))
}

fn port(listener: &TcpListener) -> io::Result<u16> {
    Ok(listener.local_addr()?.port())
}
