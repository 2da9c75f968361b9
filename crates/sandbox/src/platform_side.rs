//! The platform of a demo.

use ambient::{Clock, Entropy};
use db::Db;
use protocol::{DataCenters, Origin};
use store::{App, OpenError, Settings, apps};

use crate::facts::Facts;
use crate::listings::{self, Places};
use crate::{DataDir, DemoError, people, seeds};

/// Opens the platform of a data directory as it is, without serving it: for the command line.
pub async fn open_platform(dir: &DataDir, facts: &Facts) -> Result<App, DemoError> {
    let entropy = Entropy::System;
    let key = dir.platform_key(&entropy)?;
    let mut settings = Settings::new(facts.app_center.clone(), data_centers(facts)?);
    settings.loopback_partners = true;
    Ok(App::open(dir.platform_db()?, &key, Clock::System, entropy, settings).await?)
}

fn data_centers(facts: &Facts) -> Result<DataCenters, DemoError> {
    let center = |name: &str, base_uri: &Origin| protocol::DataCenter {
        name: name.to_owned(),
        base_uri: base_uri.clone(),
    };
    let landing_zone = facts
        .data_centers
        .get("glz")
        .ok_or(DemoError::FactsIncomplete)?;
    let regions = facts.data_centers.iter().filter(|(name, _)| *name != "glz");
    Ok(DataCenters {
        landing_zone: center("glz", landing_zone),
        regions: regions
            .map(|(name, base_uri)| center(name, base_uri))
            .collect(),
    })
}

/// What a platform is opened with.
pub struct Opening {
    pub db: Db,
    pub key: [u8; 32],
    pub clock: Clock,
    pub entropy: Entropy,
    pub settings: Settings,
}

/// Opens the platform, and fills it when it is empty.
pub async fn start(opening: Opening, places: &Places, begun: &Facts) -> Result<App, DemoError> {
    let Opening {
        db,
        key,
        clock,
        entropy,
        settings,
    } = opening;
    let app = App::open(db, &key, clock, entropy, settings).await?;
    let mut tx = app.db.write().await?;
    if apps::find(&mut tx, seeds::first_app()).await?.is_none() {
        people::seed(&mut tx, &app.entropy, app.clock.now()).await?;
        listings::register(&app, &mut tx, places, begun).await?;
    }
    let platform = &app.settings.platform_name;
    listings::publish(&mut tx, platform, places).await?;
    node::defaults::install(&mut tx, platform).await?;
    tx.commit().await?;
    Ok(app)
}

impl From<OpenError> for DemoError {
    fn from(error: OpenError) -> DemoError {
        DemoError::Platform(error)
    }
}
