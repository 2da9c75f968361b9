use crate::AppConfig;
use crate::words::Words;

/// Test or production, as far as the partner's side can tell (LP-05).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Environment {
    Production,
    /// The app is one for tests.
    TestApp,
    /// Logins of the platform's test companies end so, and so does this account's address.
    TestLogin,
}

const TEST_LOGIN: &str = ".uat";

impl Environment {
    /// Of a connection that belongs to the account with this address, if it belongs to one.
    pub fn of(app: &AppConfig, email: Option<&str>) -> Environment {
        let is_test_login = |email: &str| email.trim().to_ascii_lowercase().ends_with(TEST_LOGIN);
        if app.test {
            Environment::TestApp
        } else if email.is_some_and(is_test_login) {
            Environment::TestLogin
        } else {
            Environment::Production
        }
    }

    pub fn is_test(self) -> bool {
        self != Environment::Production
    }

    pub fn help(self, words: &Words) -> String {
        match self {
            Environment::Production => words.text("production-help"),
            Environment::TestApp => words.text("test-app-help"),
            Environment::TestLogin => words.text("test-login-help"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::tests::app;

    #[test]
    fn an_app_or_a_login_for_tests_is_recognised() {
        let mut ledger = app("ledger", 1);
        let of = |app: &AppConfig, email: &str| Environment::of(app, Some(email));
        assert_eq!(
            of(&ledger, "maren@brackwater.example"),
            Environment::Production
        );
        assert_eq!(
            of(&ledger, "Maren@Brackwater.example.UAT"),
            Environment::TestLogin
        );
        assert_eq!(
            of(&ledger, "uat@brackwater.example"),
            Environment::Production
        );
        assert_eq!(Environment::of(&ledger, None), Environment::Production);
        ledger.test = true;
        assert_eq!(Environment::of(&ledger, None), Environment::TestApp);
    }
}
