use std::sync::atomic::{AtomicBool, Ordering};

use protocol::AppId;

/// A platform that some of the apps are registered with.
pub(crate) struct Platform {
    pub apps: Vec<AppId>,
    /// It has not answered for a while: the keeper only probes.
    is_silent: AtomicBool,
}

/// Whose connections are looked at.
#[derive(Clone, Copy)]
pub(crate) enum Whose<'a> {
    Of(&'a [AppId]),
    /// Those of every other app, also of one that stands in no configuration any more.
    AllBut(&'a [AppId]),
}

impl Platform {
    pub fn new(apps: Vec<AppId>) -> Platform {
        Platform {
            apps,
            is_silent: AtomicBool::new(false),
        }
    }

    /// Whether it was silent before.
    pub fn set_silent(&self, silent: bool) -> bool {
        self.is_silent.swap(silent, Ordering::SeqCst)
    }
}

impl Whose<'_> {
    /// A condition on the column `app`, whose values follow `before` others of the statement.
    pub fn condition(self, before: usize) -> String {
        let (word, apps) = match self {
            // PostgreSQL knows no empty list.
            Whose::AllBut([]) => return "TRUE".to_owned(),
            Whose::Of([]) => return "FALSE".to_owned(),
            Whose::Of(apps) => ("IN", apps),
            Whose::AllBut(apps) => ("NOT IN", apps),
        };
        let values: Vec<String> = (1..=apps.len())
            .map(|at| format!("${}", before + at))
            .collect();
        format!("app {word} ({})", values.join(", "))
    }

    pub fn values(self) -> impl Iterator<Item = db::Value> {
        let (Whose::Of(apps) | Whose::AllBut(apps)) = self;
        apps.iter().map(|app| db::Value::from(app.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_list_is_empty() {
        let apps = [AppId::from_uuid(uuid::Uuid::nil()); 2];
        assert_eq!(Whose::Of(&[]).condition(3), "FALSE");
        assert_eq!(Whose::AllBut(&[]).condition(3), "TRUE");
        assert_eq!(Whose::Of(&apps).condition(3), "app IN ($4, $5)");
        assert_eq!(Whose::AllBut(&apps[..1]).condition(0), "app NOT IN ($1)");
    }
}
