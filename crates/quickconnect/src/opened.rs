use std::path::Path;

use sandbox::{DataDir, open_platform};
use store::App;

use crate::{Failure, telemetry};

/// The platform of a data directory, for a command that looks at it or changes it. It may be served
/// by another process at the same time.
pub async fn platform(data_dir: &Path) -> Result<App, Failure> {
    telemetry::start(false);
    let dir = DataDir::existing(data_dir)?;
    let facts = dir.facts()?.ok_or("the data directory holds no demo")?;
    Ok(open_platform(&dir, &facts).await?)
}
