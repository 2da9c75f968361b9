//! Refreshes a connection once and asks whose it is.
//!
//! `CLIENT_ID=… CLIENT_SECRET=… REFRESH_TOKEN=… cargo run -p client --example refresh -- https://us2.api.example`

#![expect(
    clippy::disallowed_methods,
    reason = "an example takes its configuration from its environment"
)]

use std::env::{args, var};
use std::time::Duration;

use client::{Client, Config, Credentials};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let geolocation: protocol::Origin = args().nth(1).ok_or("give the geolocation")?.parse()?;
    let config = Config {
        landing_zone: geolocation.clone(),
        data_centers: vec![geolocation.clone()],
        timeout: Duration::from_secs(10),
    };
    let client = Client::new(config, ambient::Clock::System, ambient::Entropy::System)?;
    let app = Credentials {
        client_id: var("CLIENT_ID")?.parse()?,
        client_secret: var("CLIENT_SECRET")?.into(),
    };
    let stored = var("REFRESH_TOKEN")?.into();
    let outcome = client.refresh(&app, &geolocation, &stored, None).await;
    eprintln!(
        "correlation id: {}",
        outcome.correlation_id().unwrap_or("none")
    );
    let tokens = outcome.result?;
    // Here a program stores refresh token, expiry and geolocation, and only then goes on.
    let profile = client
        .profile(&tokens.geolocation, &tokens.access_token)
        .await;
    println!("{}", profile.result?.name.unwrap_or_default());
    Ok(())
}
