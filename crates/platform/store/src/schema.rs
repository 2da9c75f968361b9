//! The migrations that this program goes by. In a debug build `QUICKCONNECT_TOMORROW` names a folder
//! with further ones, `9001_name.sql` and so on: with them a test makes the next release (S40). A
//! release build knows neither the variable nor the folder.

use db::Migration;

use crate::MIGRATIONS;

/// The platform's schema, oldest first.
pub fn migrations() -> &'static [Migration] {
    #[cfg(debug_assertions)]
    return &tomorrow::ALL;
    #[cfg(not(debug_assertions))]
    MIGRATIONS
}

#[cfg(debug_assertions)]
mod tomorrow {
    use std::path::{Path, PathBuf};
    use std::sync::LazyLock;

    use super::{MIGRATIONS, Migration};

    pub static ALL: LazyLock<Vec<Migration>> = LazyLock::new(|| {
        let mut all = MIGRATIONS.to_vec();
        if let Some(folder) = folder() {
            all.extend(further(&folder).expect("QUICKCONNECT_TOMORROW names a folder of SQL"));
        }
        all
    });

    #[expect(
        clippy::disallowed_methods,
        reason = "a switch for tests is no configuration: whoever serves must not know of it"
    )]
    fn folder() -> Option<PathBuf> {
        std::env::var_os("QUICKCONNECT_TOMORROW").map(PathBuf::from)
    }

    fn further(folder: &Path) -> std::io::Result<Vec<Migration>> {
        let files = std::fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path()));
        let mut files = files.collect::<std::io::Result<Vec<_>>>()?;
        files.sort();
        let migration = |file: PathBuf| {
            let name = file.file_stem().unwrap_or_default().to_string_lossy();
            Ok(Migration {
                name: name.into_owned().leak(),
                sql: std::fs::read_to_string(&file)?.leak(),
            })
        };
        files.into_iter().map(migration).collect()
    }
}
