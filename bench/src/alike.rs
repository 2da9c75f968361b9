//! S10: whether the time of an answer tells what is wrong with a request token.
//!
//! One connection, one request at a time; the kinds take turns in an order that is drawn anew for
//! each round, so that whatever else the machine does falls on all of them alike.

use std::time::Instant;

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use protocol::{DAY, HOUR, Principal, RefreshTokenValue, RequestTokenValue, UserId};
use store::{RequestToken, refresh_tokens, request_tokens};
use tokio::net::TcpStream;

use crate::scenario::{TOKEN, To};
use crate::seeds::{Seeds, Sizes};
use crate::server::{Platform, Server};
use crate::{ALGORITHMS, Arguments, Failure, kolmogorov, load};

/// What is wrong with a request token.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    /// It was never minted.
    Unknown,
    /// The same once more, to see what chance does.
    UnknownAgain,
    Expired,
    /// It was minted for another app: the one kind that has a code of its own (136).
    Foreign,
    /// It was exchanged, and what it yielded was seen in use.
    Consumed,
    /// Another company's.
    OfAnother,
}

const KINDS: [Kind; 6] = [
    Kind::Unknown,
    Kind::UnknownAgain,
    Kind::Expired,
    Kind::Foreign,
    Kind::Consumed,
    Kind::OfAnother,
];

/// So many different ones of each kind take turns.
const EACH: usize = 500;
/// Before anything counts.
const WARM_UP: usize = 200;

pub async fn run(arguments: &Arguments, requests: usize) -> Result<(), Failure> {
    let platform = Platform::prepare().await?;
    let bodies = fill(&platform).await?;
    let servers = platform.serve(&arguments.program, 1).await?;
    let mut connection = connect(&servers[0]).await?;
    let entropy = ambient::Entropy::System;
    let mut times = vec![Vec::with_capacity(requests); KINDS.len()];
    for round in 0..WARM_UP + requests {
        let mut order: Vec<usize> = (0..KINDS.len()).collect();
        order.sort_by_cached_key(|_| u64::from_be_bytes(entropy.bytes()));
        for kind in order {
            let body = bodies[kind][round % EACH].clone();
            let request = load::request(To::Post(TOKEN), body)?;
            connection.ready().await?;
            let began = Instant::now();
            let answer = connection.send_request(request).await?;
            let status = answer.status().as_u16();
            let body = answer.into_body().collect().await?.to_bytes();
            let took = u64::try_from(began.elapsed().as_nanos())?;
            if status != 400 {
                let text = String::from_utf8_lossy(&body);
                return Err(format!("{:?}: {status} {text}", KINDS[kind]).into());
            }
            if round >= WARM_UP {
                times[kind].push(took);
            }
        }
    }
    print(requests, times);
    Ok(())
}

fn print(requests: usize, mut times: Vec<Vec<u64>>) {
    println!("{requests} requests of each kind, each compared with those of unknown tokens\n");
    println!("| Request token | median µs | p99 µs | largest distance | p |");
    println!("|---|---:|---:|---:|---:|");
    let mut unknown = times[0].clone();
    for (kind, own) in KINDS.iter().zip(&mut times) {
        let (distance, p) = kolmogorov::test(&mut unknown, own);
        let quantile = |share: f64| {
            let at = (own.len().saturating_sub(1) as f64 * share).round() as usize;
            own.get(at).map_or(0.0, |nanos| *nanos as f64 / 1_000.0)
        };
        let (middle, late) = (quantile(0.5), quantile(0.99));
        println!("| {kind:?} | {middle:.1} | {late:.1} | {distance:.4} | {p:.4} |");
    }
}

async fn connect(server: &Server) -> Result<SendRequest<Full<Bytes>>, Failure> {
    let stream = TcpStream::connect(("127.0.0.1", server.port)).await?;
    stream.set_nodelay(true)?;
    let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(async move {
        let _ = connection.await;
    });
    Ok(sender)
}

/// The bodies of each kind.
async fn fill(platform: &Platform) -> Result<Vec<Vec<String>>, Failure> {
    let sizes = Sizes {
        connections: EACH,
        aged: 0,
        clicked: 0,
    };
    let [asking, another] = ALGORITHMS;
    let seeds = Seeds::fill(platform, asking, sizes).await?;
    let foreign = Seeds::fill(
        platform,
        another,
        Sizes {
            connections: 0,
            ..sizes
        },
    )
    .await?;
    let app = platform.open().await?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    // Companies with what each holds: a connection whose refresh token was seen in use.
    let mut proven = Vec::new();
    for value in &seeds.young {
        let value = RefreshTokenValue::parse(value).ok_or("no refresh token")?;
        let token = refresh_tokens::find(&mut tx, value.row()).await?;
        proven.push(token.ok_or("it was written")?);
    }
    let mut all = Vec::new();
    for kind in KINDS {
        let mut bodies = Vec::new();
        for (number, refresh_token) in proven.iter().enumerate() {
            let company = refresh_token.principal.company();
            let value = RequestTokenValue::mint(app.entropy.bytes());
            let mut token = RequestToken {
                hash: value.hash(),
                principal: Principal::Company(company),
                app: seeds.client_id,
                user: UserId::from_uuid(app.entropy.uuid()),
                attempt: None,
                scopes: refresh_token.scopes.clone(),
                expires_at: now + DAY,
                uses: 0,
                refresh_token: None,
                void: false,
            };
            let mut username = company;
            match kind {
                Kind::Unknown | Kind::UnknownAgain => {}
                Kind::Expired => token.expires_at = now - HOUR,
                Kind::Foreign => token.app = foreign.client_id,
                Kind::Consumed => (token.uses, token.refresh_token) = (1, Some(refresh_token.id)),
                Kind::OfAnother => username = proven[(number + 1) % EACH].principal.company(),
            }
            if !matches!(kind, Kind::Unknown | Kind::UnknownAgain) {
                request_tokens::insert(&mut tx, &token).await?;
            }
            bodies.push(seeds.form(&[
                ("grant_type", "password"),
                ("credtype", "authtoken"),
                ("username", &username.to_string()),
                ("password", value.expose()),
            ]));
        }
        all.push(bodies);
    }
    tx.commit().await?;
    Ok(all)
}
