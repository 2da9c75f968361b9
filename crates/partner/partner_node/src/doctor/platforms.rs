use ambient::{Clock, Entropy};
use client::{Client, Discovered};
use hosting::Finding;
use protocol::Origin;
use tokio::task::JoinHandle;

use crate::Config;
use crate::platform::{ABOUT, Platform};

const CLOCK: &str = "clock";

/// Whether every base URI that something is sent to answers, as itself, and what its clock says.
pub async fn findings(config: &Config, clock: &Clock) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (key, platform) in config.platforms().by_key() {
        match Client::new(platform.client(), clock.clone(), Entropy::System) {
            Ok(client) => findings.extend(of_platform((&key, platform), &client).await),
            Err(error) => {
                let what = "let the program read the system's certificates";
                findings.push(Finding::failure(ABOUT, format!("{key}: {error}"), what));
            }
        }
    }
    findings
}

async fn of_platform((key, platform): (&str, &Platform), client: &Client) -> Vec<Finding> {
    let asked: Vec<(Origin, JoinHandle<_>)> = platform
        .origins()
        .into_iter()
        .map(|origin| {
            let (client, origin) = (client.clone(), origin.clone());
            let of_origin = origin.clone();
            let asking = tokio::spawn(async move { client.discover(&of_origin).await });
            (origin, asking)
        })
        .collect();
    let mut findings = Vec::new();
    let mut skews = Vec::new();
    for (origin, asking) in asked {
        let found = asking.await.unwrap_or_else(|error| Err(error.to_string()));
        skews.extend(found.as_ref().ok().and_then(|found| found.skew));
        findings.push(of_origin(
            &format!("{key}: {origin}"),
            &origin,
            found,
            platform,
        ));
    }
    let worst = skews.into_iter().max_by_key(|skew| skew.by);
    findings.extend(worst.map(|skew| match skew.trouble(&format!("{key}'s")) {
        None => {
            let says = format!("this machine's agrees with {key}'s within 30 s");
            Finding::ok(CLOCK, says)
        }
        Some(trouble) => Finding::failure(
            CLOCK,
            trouble,
            "what the platform signs would be refused; chronyc tracking shows the source",
        ),
    }));
    findings
}

fn of_origin(
    at: &str,
    origin: &Origin,
    found: Result<Discovered, String>,
    platform: &Platform,
) -> Finding {
    match found.map(|found| found.issuer) {
        Err(why) => Finding::failure(
            ABOUT,
            format!("{at}: {why}"),
            "see that the address is the platform's, and that this machine reaches it",
        ),
        Ok(None) => Finding::ok(
            ABOUT,
            format!("{at} answers, and publishes no discovery document"),
        ),
        Ok(Some(issuer)) if issuer == *origin => Finding::ok(
            ABOUT,
            format!("{at} answers, and is the issuer that it says"),
        ),
        Ok(Some(issuer)) if platform.origins().contains(&&issuer) => {
            Finding::ok(ABOUT, format!("{at} answers; the issuer there is {issuer}"))
        }
        Ok(Some(issuer)) => Finding::failure(
            ABOUT,
            format!("{at}: the issuer there is {issuer}, which data_centers does not list"),
            "what it signs is not believed: list it, if it belongs to the platform",
        ),
    }
}
