use std::fmt;
use std::io;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use ambient::{Clock, Entropy};
use axum::Router;
use hosting::Serving;
use landing_page::Partner;
use mail::Mailer;
use protocol::DataCenters;
use store::{App, CallLimits, Settings};
use tokio::net::TcpListener;
use vault::{OpenError as VaultOpenError, Vault};

use crate::facts::Facts;
use crate::listings::{self, Places};
use crate::outbox::{self, Outbox};
use crate::partner_side::{self, PartnerOpening};
use crate::platform_side::{self, Opening};
use crate::ports::{Listeners, origin};
use crate::{DataDir, DataDirError, Ports, people};

/// How long requests that have begun may take when the demo is stopped.
const PATIENCE: Duration = Duration::from_secs(3);

/// How a demo is started.
pub struct DemoOptions {
    pub data_dir: PathBuf,
    pub ports: Ports,
    /// Begin anew: delete what an earlier demo left in the data directory.
    pub reset: bool,
    /// The platform's name in the interface.
    pub platform_name: String,
    /// Changes what the platform is started with.
    pub adjust: fn(&mut Settings),
    /// Changes what the partner's site is started with.
    pub adjust_partner: fn(&mut landing_page::Config),
    pub clock: Clock,
    pub entropy: Entropy,
}

/// A platform and a partner, ready to be served.
pub struct Demo {
    pub facts: Facts,
    pub platform: App,
    pub partner: Partner,
    sites: Vec<(TcpListener, Router)>,
}

/// Why a demo does not start.
#[derive(Debug)]
pub enum DemoError {
    Io(io::Error),
    DataDir(DataDirError),
    Db(db::Error),
    Platform(store::OpenError),
    Vault(VaultOpenError),
    Partner(String),
    /// `demo.json` does not hold what this program needs.
    FactsIncomplete,
}

impl Demo {
    /// Binds the ports, opens both databases and fills them when they are new.
    pub async fn start(options: DemoOptions) -> Result<Demo, DemoError> {
        let dir = DataDir::create(&options.data_dir)?;
        let listeners = options.ports.bind().await?;
        if options.reset {
            dir.reset()?;
        }
        let (clock, entropy) = (options.clock.clone(), options.entropy.clone());
        let key = dir.partner_key(&entropy)?;
        let vault = Vault::open(dir.partner_db()?, &key, clock.clone(), entropy.clone()).await?;
        let places = places(&listeners)?;
        let data_centers = listeners.data_centers()?;
        let before = begun(&dir, &vault, &entropy, &places)?;
        partner_side::relocate(&vault, &before, &data_centers).await?;
        partner_side::seed(&vault, &entropy, &before).await?;
        let opening = Opening {
            // The key first: it is made only where there is no database yet.
            key: dir.platform_key(&entropy)?,
            db: dir.platform_db()?,
            clock: clock.clone(),
            entropy: entropy.clone(),
            settings: settings(&options, &dir, &places, &data_centers)?,
        };
        let platform = platform_side::start(opening, &places, &before).await?;
        let facts = Facts {
            app_center: places.app_center.clone(),
            data_centers: data_centers
                .all()
                .map(|c| (c.name.clone(), c.base_uri.clone()))
                .collect(),
            partner: places.partner.clone(),
            outbox: Some(places.outbox.clone()),
            companies: people::facts(),
            apps: listings::facts(&places, &before).ok_or(DemoError::FactsIncomplete)?,
            verification_codes: before.verification_codes,
        };
        let outbox = Outbox::new(outbox::Inner {
            folder: dir.outbox()?,
            origin: places.outbox,
            platform_name: options.platform_name.clone(),
            app_center: places.app_center,
            clock: clock.clone(),
            entropy: entropy.clone(),
        });
        let opening = PartnerOpening {
            vault,
            clock,
            entropy,
            origin: places.partner,
            mailer: Mailer::into_outbox(&dir.outbox()?),
            platform_name: options.platform_name,
            data_centers,
            adjust: options.adjust_partner,
        };
        let partner = partner_side::start(opening, &facts).await?;
        dir.write_facts(&facts)?;
        let sites = sites(listeners, &platform, &partner, &outbox);
        Ok(Demo {
            facts,
            platform,
            partner,
            sites,
        })
    }

    /// Serves everything until `stop` comes or a listener fails.
    pub async fn serve(self, stop: impl Future<Output = ()>) -> io::Result<()> {
        let mut serving = Serving::start(self.sites);
        let mut jobs = node::jobs(&self.platform);
        let keeper = self.partner.clone();
        jobs.spawn(async move { keeper.keep().await });
        tokio::select! {
            error = serving.failure() => return Err(error),
            () = stop => {}
        }
        serving.finish(PATIENCE).await;
        Ok(())
    }
}

/// What an earlier start wrote down, or the secrets with which this demo begins. They are on the
/// disk before anything else is: a first start that is killed goes on with them.
fn begun(
    dir: &DataDir,
    vault: &Vault,
    entropy: &Entropy,
    places: &Places,
) -> Result<Facts, DemoError> {
    if let Some(facts) = dir.facts()? {
        return Ok(facts);
    }
    if let Some(draft) = dir.draft()? {
        return Ok(draft);
    }
    let draft = Facts {
        app_center: places.app_center.clone(),
        data_centers: std::collections::BTreeMap::new(),
        partner: places.partner.clone(),
        outbox: Some(places.outbox.clone()),
        companies: Vec::new(),
        apps: listings::with_new_secrets(places, entropy),
        verification_codes: partner_side::new_codes(vault),
    };
    dir.write_draft(&draft)?;
    Ok(draft)
}

fn places(listeners: &Listeners) -> Result<Places, DemoError> {
    Ok(Places {
        app_center: origin(&listeners.app_center)?,
        partner: origin(&listeners.partner)?,
        outbox: origin(&listeners.outbox)?,
        closed_port: listeners.closed_port,
    })
}

fn settings(
    options: &DemoOptions,
    dir: &DataDir,
    places: &Places,
    data_centers: &DataCenters,
) -> Result<Settings, DemoError> {
    let mut settings = Settings::new(places.app_center.clone(), data_centers.clone());
    settings.platform_name.clone_from(&options.platform_name);
    settings.loopback_partners = true;
    settings.demo_sign_ins = people::sign_ins();
    settings.demo_outbox = Some(places.outbox.clone());
    settings.mail = Mailer::into_outbox(&dir.outbox()?);
    // Load is welcome here, and only guessing is slowed down: all of a demo's callers share one
    // address.
    settings.call_limits = CallLimits {
        per_client: None,
        per_company: None,
        per_address: None,
        failures_per_address: NonZeroU32::new(600),
    };
    (options.adjust)(&mut settings);
    Ok(settings)
}

fn sites(
    listeners: Listeners,
    platform: &App,
    partner: &Partner,
    outbox: &Outbox,
) -> Vec<(TcpListener, Router)> {
    let api = node::api_site(platform);
    let mut sites = vec![
        (listeners.app_center, node::app_center_site(platform)),
        (listeners.partner, landing_page::site(partner)),
        (listeners.outbox, outbox.site()),
    ];
    sites.extend(
        listeners
            .data_centers
            .map(|listener| (listener, api.clone())),
    );
    sites
}

macro_rules! demo_error_from {
    ($($from:ty => $variant:ident),*) => {
        $(impl From<$from> for DemoError {
            fn from(error: $from) -> DemoError { DemoError::$variant(error) }
        })*
    };
}
demo_error_from! { io::Error => Io, DataDirError => DataDir, db::Error => Db, VaultOpenError => Vault }

impl fmt::Display for DemoError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DemoError::Io(error) => error.fmt(f),
            DemoError::DataDir(error) => error.fmt(f),
            DemoError::Db(error) => error.fmt(f),
            DemoError::Platform(error) => error.fmt(f),
            DemoError::Vault(error) => error.fmt(f),
            DemoError::Partner(problem) => write!(f, "the partner cannot start: {problem}"),
            DemoError::FactsIncomplete => f.write_str(
                "demo.json was written by another release; start anew with --reset, which deletes what the demo holds",
            ),
        }
    }
}

impl std::error::Error for DemoError {}
