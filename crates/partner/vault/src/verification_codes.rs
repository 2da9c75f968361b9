mod reservation;

use std::time::Duration;

use db::{Row, Tx, values};
use protocol::{AppId, Timestamp};
use secrecy::SecretString;
use uuid::Uuid;

use crate::audit_log::{self, On};
use crate::{Action, Vault, columns};

pub use reservation::Entrant;
pub(crate) use reservation::{consume, is_held, release};

/// How long a code is good for, unless its issuer says otherwise (LP-06).
pub const CODE_LIFETIME: Duration = Duration::from_secs(30 * 86_400);

/// Digits and letters that nobody confuses: no 0 and O, 1, I and L, 2 and Z, 5 and S, 8 and B.
const ALPHABET: &[u8; 25] = b"34679ACDEFGHJKMNPQRTUVWXY";
const LENGTH: usize = 16;

/// What a code is issued for.
pub struct NewCode {
    pub app: AppId,
    /// The customer it is handed to.
    pub label: String,
    /// Address of the member of staff, or what issued it.
    pub issued_by: String,
    /// [`CODE_LIFETIME`] when `None`.
    pub lifetime: Option<Duration>,
}

/// A fresh code: the only time its value can be read.
pub struct IssuedCode {
    pub id: Uuid,
    /// As people read it: `xxxx-xxxx-xxxx-xxxx`.
    pub code: SecretString,
    pub expires_at: Timestamp,
}

/// A code as the console lists it: never its value.
#[derive(Clone, Debug)]
pub struct VerificationCode {
    pub id: Uuid,
    pub app: AppId,
    pub label: String,
    pub issued_by: String,
    pub issued_at: Timestamp,
    pub expires_at: Timestamp,
    pub used_at: Option<Timestamp>,
    /// The company or person that connected with it.
    pub used_by: Option<Uuid>,
    pub revoked_at: Option<Timestamp>,
}

/// A code without spaces and dashes, in capitals; `None` when no code can look like it.
pub fn normalize_code(entered: &str) -> Option<String> {
    let plain: String = entered
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '\u{2010}'..='\u{2015}'))
        .map(|c| c.to_ascii_uppercase())
        .take(LENGTH + 1)
        .collect();
    let fits = plain.len() == LENGTH && plain.bytes().all(|byte| ALPHABET.contains(&byte));
    fits.then_some(plain)
}

impl Vault {
    /// Makes a code of 74 random bits for one customer.
    pub async fn issue_code(&self, new: NewCode) -> Result<IssuedCode, db::Error> {
        let plain = self.random_code();
        let (id, expires_at) = self.insert_code(&plain, &new).await?;
        Ok(IssuedCode {
            id,
            code: grouped(&plain).into(),
            expires_at,
        })
    }

    /// Makes sure that a code which was chosen beforehand exists: for a demo. `false` when no code
    /// can look like it.
    pub async fn seed_code(&self, code: &str, new: NewCode) -> Result<bool, db::Error> {
        let Some(plain) = normalize_code(code) else {
            return Ok(false);
        };
        self.insert_code(&plain, &new).await?;
        Ok(true)
    }

    /// A code that nobody has: to be handed out once [`Vault::seed_code`] has stored it.
    pub fn draw_code(&self) -> SecretString {
        grouped(&self.random_code()).into()
    }

    fn random_code(&self) -> String {
        let mut code = String::with_capacity(LENGTH);
        while code.len() < LENGTH {
            // Bytes past the last whole multiple of the alphabet are dropped: no letter is likelier.
            let byte = self.entropy().bytes::<1>()[0];
            if byte < 250 {
                code.push(char::from(ALPHABET[usize::from(byte) % ALPHABET.len()]));
            }
        }
        code
    }

    async fn insert_code(
        &self,
        plain: &str,
        new: &NewCode,
    ) -> Result<(Uuid, Timestamp), db::Error> {
        let now = self.clock().now();
        let id = self.entropy().uuid();
        let expires_at = now + new.lifetime.unwrap_or(CODE_LIFETIME);
        let mut tx = self.db().write().await?;
        let added = tx
            .execute(
            "INSERT INTO verification_codes (id, app, label, hash, issued_by, issued_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (hash) DO NOTHING",
            &values![
                id.to_string(),
                new.app.to_string(),
                new.label.as_str(),
                self.code_hash(plain),
                new.issued_by.as_str(),
                now.as_micros(),
                expires_at.as_micros(),
            ],
        )
        .await?;
        if added > 0 {
            self.note_code(&mut tx, Action::CodeIssued, (new.app, id))
                .await?;
        }
        tx.commit().await?;
        Ok((id, expires_at))
    }

    /// A page of all codes, the newest first, and how many there are.
    pub async fn codes(
        &self,
        (offset, limit): (i64, i64),
    ) -> Result<(Vec<VerificationCode>, i64), db::Error> {
        let mut tx = self.db().read().await?;
        let total = tx
            .query_opt("SELECT COUNT(*) AS total FROM verification_codes", &[])
            .await?
            .map_or(Ok(0), |row| row.get("total"))?;
        let rows = tx
            .query(
                "SELECT id, app, label, issued_by, issued_at, expires_at, used_at, used_by, revoked_at
                 FROM verification_codes ORDER BY issued_at DESC, id LIMIT $1 OFFSET $2",
                &values![limit, offset],
            )
            .await?;
        let codes = rows.iter().map(read).collect::<Result<_, _>>()?;
        Ok((codes, total))
    }

    /// Makes a code worthless. `false` when it was used or revoked before.
    pub async fn revoke_code(&self, id: Uuid) -> Result<bool, db::Error> {
        let mut tx = self.db().write().await?;
        let row = tx
            .query_opt(
                "UPDATE verification_codes SET revoked_at = $1, reserved_by = NULL
                 WHERE id = $2 AND used_at IS NULL AND revoked_at IS NULL RETURNING app",
                &values![self.clock().now().as_micros(), id.to_string()],
            )
            .await?;
        if let Some(row) = &row {
            let app = AppId::from_uuid(columns::uuid(row, "app")?);
            self.note_code(&mut tx, Action::CodeRevoked, (app, id))
                .await?;
        }
        tx.commit().await?;
        Ok(row.is_some())
    }

    async fn note_code(
        &self,
        tx: &mut Tx,
        action: Action,
        (app, id): (AppId, Uuid),
    ) -> Result<(), db::Error> {
        let on = On {
            app: Some(app),
            principal: None,
            subject: &id.to_string(),
        };
        audit_log::record(tx, self, action, on).await
    }

    /// The customer a code was issued to.
    pub async fn code_label(&self, id: Uuid) -> Result<Option<String>, db::Error> {
        let mut tx = self.db().read().await?;
        let row = tx
            .query_opt(
                "SELECT label FROM verification_codes WHERE id = $1",
                &values![id.to_string()],
            )
            .await?;
        row.map(|row| row.get("label")).transpose()
    }
}

fn read(row: &Row) -> Result<VerificationCode, db::Error> {
    Ok(VerificationCode {
        id: columns::uuid(row, "id")?,
        app: AppId::from_uuid(columns::uuid(row, "app")?),
        label: row.get("label")?,
        issued_by: row.get("issued_by")?,
        issued_at: columns::time(row, "issued_at")?,
        expires_at: columns::time(row, "expires_at")?,
        used_at: columns::time_opt(row, "used_at")?,
        used_by: columns::uuid_opt(row, "used_by")?,
        revoked_at: columns::time_opt(row, "revoked_at")?,
    })
}

fn grouped(plain: &str) -> String {
    let groups: Vec<&str> = [0..4, 4..8, 8..12, 12..16]
        .into_iter()
        .filter_map(|range| plain.get(range))
        .collect();
    groups.join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_in_any_case_with_or_without_dashes() {
        let expected = Some("ACDE34679FGHJKMN".to_owned());
        for entered in [
            "acde-3467-9fgh-jkmn",
            "ACDE34679FGHJKMN",
            " acde 3467 9FGH JKMN ",
            "acde\u{2013}3467\u{2013}9fgh\u{2013}jkmn",
        ] {
            assert_eq!(normalize_code(entered), expected, "{entered}");
        }
        for wrong in [
            "",
            "acde-3467-9fgh-jkm",
            "acde-3467-9fgh-jkmnp",
            "acde-3467-9fgh-jkm0",
            "acde-3467-9fgh-jkmé",
        ] {
            assert_eq!(normalize_code(wrong), None, "{wrong}");
        }
        assert_eq!(normalize_code(&grouped("ACDE34679FGHJKMN")), expected);
    }
}
