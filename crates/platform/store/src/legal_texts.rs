use db::{Error, Tx, values};

/// The texts to which people agree (AC-21) or may refer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextKind {
    /// Accepted once by each person.
    EndUserTerms,
    /// Accepted each time: what this app will be given.
    SharedInformation,
    /// Accepted once for a company: it covers all enterprise applications.
    CompanyAuthorization,
    /// For reading only.
    ProcessorPrivacy,
}

impl TextKind {
    pub const fn as_str(self) -> &'static str {
        match self {
            TextKind::EndUserTerms => "end_user_terms",
            TextKind::SharedInformation => "shared_information",
            TextKind::CompanyAuthorization => "company_authorization",
            TextKind::ProcessorPrivacy => "processor_privacy",
        }
    }
}

#[derive(Clone, Debug)]
pub struct LegalText {
    /// A date, as `2026-09-01`; a newer version is asked for again.
    pub version: String,
    /// Markdown.
    pub text: String,
}

/// Writes a version of a text, over the same version.
pub async fn put(tx: &mut Tx, kind: TextKind, legal: &LegalText) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO legal_texts (kind, version, text) VALUES ($1, $2, $3)
         ON CONFLICT (kind, version) DO UPDATE SET text = excluded.text",
        &values![kind.as_str(), &legal.version, &legal.text],
    )
    .await?;
    Ok(())
}

/// The version in force.
pub async fn newest(tx: &mut Tx, kind: TextKind) -> Result<Option<LegalText>, Error> {
    let row = tx
        .query_opt(
            "SELECT version, text FROM legal_texts WHERE kind = $1 ORDER BY version DESC LIMIT 1",
            &values![kind.as_str()],
        )
        .await?;
    row.map(|row| {
        Ok(LegalText {
            version: row.get("version")?,
            text: row.get("text")?,
        })
    })
    .transpose()
}
