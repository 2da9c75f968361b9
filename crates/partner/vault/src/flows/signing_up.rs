use db::{Error, values};
use uuid::Uuid;

use super::Step;
use crate::Vault;

impl Vault {
    /// Keeps the first half of a sign-up.
    pub async fn flow_signs_up(
        &self,
        flow: Uuid,
        (name, email): (&str, &str),
        password_hash: &str,
    ) -> Result<bool, Error> {
        self.step(
            "UPDATE flows SET step = 'company', name = $2, email = $3, password_hash = $4,
                 account_id = NULL, code_id = NULL, refusal = NULL
             WHERE id = $1 AND step IN ('start', 'company', 'confirm')",
            &values![
                flow.to_string(),
                name,
                email.trim().to_lowercase(),
                password_hash
            ],
        )
        .await
    }

    /// Keeps the second half of a sign-up. Without `agreed` it is only kept for later.
    pub async fn flow_names_company(
        &self,
        flow: Uuid,
        company_name: &str,
        agreed: bool,
    ) -> Result<bool, Error> {
        let step = if agreed { Step::Confirm } else { Step::Company };
        self.step(
            "UPDATE flows SET step = $2, company_name = $3, agreed = $4
             WHERE id = $1 AND step IN ('company', 'confirm') AND password_hash IS NOT NULL
                 AND account_id IS NULL",
            &values![flow.to_string(), step.as_str(), company_name, agreed],
        )
        .await
    }

    /// Keeps what the app asked besides: a JSON object of texts.
    pub async fn flow_answers(&self, flow: Uuid, answers: &str) -> Result<bool, Error> {
        self.step(
            "UPDATE flows SET answers = $2
             WHERE id = $1 AND step IN ('company', 'confirm') AND password_hash IS NOT NULL
                 AND account_id IS NULL",
            &values![flow.to_string(), answers],
        )
        .await
    }
}
