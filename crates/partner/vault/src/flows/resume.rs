//! A sign-up that is finished later, in whatever browser: a link in a mail, which works once and
//! only together with the password that was chosen.

use db::{Error, values};
use protocol::{AppId, TokenHash};
use uuid::Uuid;

use super::{COLUMNS, Flow, read};
use crate::Vault;

impl Vault {
    /// From now on this link leads to the flow, and no earlier one does. `false` when there is
    /// nothing to finish any more.
    pub async fn flow_may_resume(&self, flow: Uuid, link: TokenHash) -> Result<bool, Error> {
        self.step(
            "UPDATE flows SET resume_hash = $2
             WHERE id = $1 AND step IN ('company', 'confirm') AND password_hash IS NOT NULL
                 AND account_id IS NULL",
            &values![flow.to_string(), link.as_bytes()],
        )
        .await
    }

    /// The flow that a link leads to, while both live.
    pub async fn flow_of_link(&self, link: TokenHash, app: AppId) -> Result<Option<Flow>, Error> {
        let sql = format!(
            "SELECT {COLUMNS} FROM flows WHERE resume_hash = $1 AND app = $2 AND expires_at > $3
                 AND step IN ('company', 'confirm') AND password_hash IS NOT NULL"
        );
        let now = self.clock().now();
        let mut tx = self.db().read().await?;
        let row = tx
            .query_opt(
                &sql,
                &values![link.as_bytes(), app.to_string(), now.as_micros()],
            )
            .await?;
        row.as_ref().map(read).transpose()
    }

    /// The flow goes on in the browser with this cookie and in no other; the link is used up. `false`
    /// when somebody was faster.
    pub async fn flow_resumes(
        &self,
        flow: Uuid,
        link: TokenHash,
        cookie: TokenHash,
    ) -> Result<bool, Error> {
        self.step(
            "UPDATE flows SET cookie_hash = $3, resume_hash = NULL
             WHERE id = $1 AND resume_hash = $2 AND expires_at > $4
                 AND step IN ('company', 'confirm')",
            &values![
                flow.to_string(),
                link.as_bytes(),
                cookie.as_bytes(),
                self.clock().now().as_micros(),
            ],
        )
        .await
    }
}
