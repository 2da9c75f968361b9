use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use percent_encoding::percent_decode_str;
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};

use crate::Error;

/// How long a connection over a network may be without any sign of the other side.
const SILENCE: Duration = Duration::from_secs(20);

/// A `postgres://` address, taken apart.
pub struct Address {
    pub config: Config,
    pub tls: Tls,
}

#[derive(Debug, PartialEq, Eq)]
pub enum Tls {
    Off,
    /// The server's certificate must be good for its name, by the system's authorities or by those
    /// in this file (PEM).
    Verified(Option<PathBuf>),
}

impl Address {
    /// `sslmode` and `sslrootcert` are read here, because the driver knows neither verification nor
    /// files; everything else means what it means to libpq. No error repeats the address: it may
    /// hold a password.
    pub fn parse(address: &str) -> Result<Address, Error> {
        let (server, query) = address.split_once('?').unwrap_or((address, ""));
        let mut mode = None;
        let mut authorities = None;
        let mut others = Vec::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            match pair.split_once('=') {
                Some(("sslmode", value)) => mode = Some(value.to_owned()),
                Some(("sslrootcert", value)) => {
                    let path = percent_decode_str(value).decode_utf8_lossy();
                    authorities = Some(PathBuf::from(path.as_ref()));
                }
                _ => others.push(pair),
            }
        }
        let rest = format!("{server}?{}", others.join("&"));
        let mut config = Config::from_str(rest.trim_end_matches('?'))
            .map_err(|error| refused(&format!("cannot be read: {error}")))?;
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            return Err(refused("names no server"));
        }
        if config.get_application_name().is_none() {
            config.application_name("quickconnect");
        }
        // A network that swallows everything ends no connection: the system's own patience is hours.
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(SILENCE);
        }
        if !others
            .iter()
            .any(|pair| pair.starts_with("keepalives_idle="))
        {
            config.keepalives_idle(SILENCE);
        }
        let tls = match mode.as_deref() {
            Some("disable") => Tls::Off,
            Some("require" | "verify-ca" | "verify-full") => Tls::Verified(authorities),
            None if is_local(&config) && authorities.is_none() => Tls::Off,
            None => Tls::Verified(authorities),
            Some(_) => {
                return Err(refused(
                    "has an sslmode that protects nobody: use verify-full, or disable",
                ));
            }
        };
        config.ssl_mode(match tls {
            Tls::Off => SslMode::Disable,
            Tls::Verified(_) => SslMode::Require,
        });
        Ok(Address { config, tls })
    }
}

/// Whether what is said stays on this machine.
fn is_local(config: &Config) -> bool {
    let by_name = config.get_hosts().iter().all(|host| match host {
        Host::Unix(_) => true,
        Host::Tcp(name) => {
            name == "localhost"
                || name
                    .parse::<std::net::IpAddr>()
                    .is_ok_and(|address| address.is_loopback())
        }
    });
    by_name && config.get_hostaddrs().iter().all(|at| at.is_loopback())
}

fn refused(why: &str) -> Error {
    Error::Program(format!("the database's postgres address {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tls(address: &str) -> Tls {
        Address::parse(address).unwrap().tls
    }

    #[test]
    fn what_leaves_the_machine_is_encrypted_and_the_server_proven() {
        for local in [
            "postgres://qc@localhost/qc",
            "postgres://qc@127.0.0.1:5433/qc",
            "postgres://qc@%2Frun%2Fpostgresql/qc",
            "postgres://qc@/qc?host=/run/postgresql",
            "postgres://qc@db.example/qc?sslmode=disable",
        ] {
            assert_eq!(tls(local), Tls::Off, "{local}");
        }
        for remote in [
            "postgres://qc@db.example/qc",
            "postgresql://qc@10.0.0.7/qc",
            "postgres://qc@localhost,db.example/qc",
            "postgres://qc@localhost/qc?sslmode=require",
            "postgres://qc@db.example/qc?sslmode=verify-full&connect_timeout=3",
        ] {
            assert_eq!(tls(remote), Tls::Verified(None), "{remote}");
        }
        let with_file = tls("postgres://qc@db.example/qc?sslrootcert=%2Fetc%2Fdb.pem");
        assert_eq!(with_file, Tls::Verified(Some("/etc/db.pem".into())));
    }

    #[test]
    fn a_refusal_does_not_repeat_the_password() {
        for address in [
            "postgres://qc:hunter2@db.example/qc?sslmode=prefer",
            "postgres://qc:hunter2@db.example/qc?unheard_of=1",
            "postgres://qc:hunter2@db.example:port/qc",
            "postgres:///qc",
        ] {
            let Err(Error::Program(why)) = Address::parse(address) else {
                panic!("{address} is refused");
            };
            assert!(!why.contains("hunter2"), "{why}");
        }
    }
}
