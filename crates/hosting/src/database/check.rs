use std::path::Path;

use db::Place;

use super::{ABOUT, NamedDatabase};
use crate::{Finding, changeable, exposed, folder_of};

impl NamedDatabase<'_> {
    /// What can be said of it before it is opened. `make`: the command that makes its tables.
    pub fn findings(self, make: &str) -> Vec<Finding> {
        let mut findings = Vec::new();
        if let Some(path) = self.file {
            findings.extend(exposed(ABOUT, path));
        }
        let address = match self.address() {
            Ok(address) => address,
            Err(error) => return vec![error.into()],
        };
        findings.push(match Place::parse(&address) {
            Err(error) => Finding::failure(
                ABOUT,
                error.to_string(),
                "correct the address; docs/operate/postgresql.md says what may stand in it",
            ),
            Ok(Place::Server) => Finding::ok(ABOUT, "a PostgreSQL server is named"),
            Ok(Place::File(path)) => return [findings, of_file(&path, make)].concat(),
        });
        findings
    }
}

fn of_file(path: &Path, make: &str) -> Vec<Finding> {
    let shown = path.display();
    let folder = folder_of(path);
    if !folder.is_dir() {
        let says = format!("the folder {} is not there", folder.display());
        return vec![Finding::failure(
            ABOUT,
            says,
            "make it, for the program's user",
        )];
    }
    // SQLite keeps its log in files beside it.
    if !changeable(folder) || path.exists() && !changeable(path) {
        let says = format!("{shown} or its folder cannot be written");
        return vec![Finding::failure(
            ABOUT,
            says,
            "give them to the program's user",
        )];
    }
    if !path.exists() {
        let says = format!("{shown} is not there yet; {make} makes it");
        return vec![Finding::ok(ABOUT, says)];
    }
    vec![exposed(ABOUT, path).unwrap_or_else(|| Finding::ok(ABOUT, format!("{shown} is there")))]
}
