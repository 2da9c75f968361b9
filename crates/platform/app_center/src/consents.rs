//! The boxes of the terms: which a person still has to tick, what stands behind them, and what is
//! written down when they are (AC-20 … AC-25).

use db::Tx;
use protocol::{Form, PrincipalType, ScopeSet};
use store::audit::{self, Action};
use store::{Acceptance, App, Scope, TextKind, legal_texts, scopes, terms_acceptances};
use web::{Markup, PageError};

use crate::field_error::FieldError;
use crate::fingerprint::fingerprint;
use crate::legal::body_of;
use crate::listed::Listed;
use crate::visitor::Visitor;

/// One box.
pub struct Consent {
    pub kind: TextKind,
    /// What the box sends when it is ticked: the version that was on the screen, so that nobody
    /// agrees to a text or to scopes that changed in between.
    pub version: String,
    pub text: Markup,
}

/// What one person has to agree to before connecting one app.
pub struct Consents {
    pub boxes: Vec<Consent>,
    pub scopes: ScopeSet,
    /// In the words for the customer.
    pub shared: Vec<String>,
}

/// Which boxes are loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// Those not accepted before (AC-22).
    Open,
    /// All, for reading.
    All,
}

impl Consents {
    pub async fn load(
        tx: &mut Tx,
        visitor: &Visitor,
        listed: &Listed,
        which: Which,
    ) -> Result<Consents, PageError> {
        let scopes = listed.app.scopes.clone();
        let shared = descriptions(tx, listed).await?;
        let mut boxes = Vec::new();
        for kind in asked_of(listed) {
            let (version, text) = match kind {
                TextKind::SharedInformation => {
                    let shown = format!("{scopes}\n{}", shared.join("\n"));
                    (fingerprint(shown.as_bytes()), Markup::default())
                }
                _ => text_in_force(tx, kind).await?,
            };
            if which == Which::Open && is_accepted(tx, visitor, kind, &version).await? {
                continue;
            }
            boxes.push(Consent {
                kind,
                version,
                text,
            });
        }
        Ok(Consents {
            boxes,
            scopes,
            shared,
        })
    }

    /// The boxes that a form left open, or ticked for another version.
    pub fn missing(&self, form: &Form) -> Vec<FieldError> {
        let open = |consent: &&Consent| form.get(consent.name()) != Some(&consent.version);
        let missing = self.boxes.iter().filter(open);
        missing
            .map(|consent| FieldError {
                field: consent.name(),
                text: consent.reminder().to_owned(),
            })
            .collect()
    }

    /// Writes down who agreed to what, in which version, with which scopes on the screen.
    pub async fn record(
        &self,
        tx: &mut Tx,
        app: &App,
        visitor: &Visitor,
        listed: &Listed,
    ) -> Result<(), db::Error> {
        for consent in &self.boxes {
            let acceptance = Acceptance {
                id: app.entropy.uuid(),
                user: visitor.user.id,
                listing: listed.listing.id.clone(),
                kind: consent.kind.as_str().to_owned(),
                version: consent.version.clone(),
                scopes_shown: self.scopes.clone(),
                accepted_at: visitor.now,
            };
            terms_acceptances::insert(tx, visitor.company.id, &acceptance).await?;
            let subject = format!("{} {}", acceptance.kind, acceptance.version);
            let client = listed.app.client_id;
            let change = visitor.change(Action::TermsAccepted, client, &subject);
            audit::record(tx, &app.entropy, visitor.by(), change).await?;
        }
        Ok(())
    }
}

impl Consent {
    /// The field of the form.
    pub fn name(&self) -> &'static str {
        self.kind.as_str()
    }

    pub fn is_shared_information(&self) -> bool {
        self.kind == TextKind::SharedInformation
    }

    pub fn title(&self, platform: &str) -> String {
        match self.kind {
            TextKind::SharedInformation => "Shared Information".to_owned(),
            TextKind::CompanyAuthorization => "Company Authorization to Link Services".to_owned(),
            _ => format!("{platform} App Center End-User Terms and Conditions"),
        }
    }

    /// What the box is for, in a sentence.
    pub fn help(&self, platform: &str, enterprise: bool) -> String {
        match (self.kind, enterprise) {
            (TextKind::SharedInformation, true) => "By connecting, you authorize the exchange of data with this provider, for every user in your organization.".to_owned(),
            (TextKind::SharedInformation, false) => "By connecting, you authorize the exchange of your data with this provider.".to_owned(),
            (TextKind::CompanyAuthorization, _) => "Terms of use, accepted once, for all company-wide partner integrations.".to_owned(),
            _ => format!("The basic terms of use, accepted once, for individuals using the {platform} App Center."),
        }
    }

    fn reminder(&self) -> &'static str {
        match self.kind {
            TextKind::SharedInformation => {
                "Read what is shared and tick the box to agree to it. What the app asks for may have changed since the page was opened."
            }
            TextKind::CompanyAuthorization => {
                "Tick the box to authorize linking services for your company."
            }
            _ => "Tick the box to accept the end-user terms.",
        }
    }
}

/// An enterprise application needs the company's authorization besides (AC-21).
fn asked_of(listed: &Listed) -> Vec<TextKind> {
    let mut kinds = vec![TextKind::EndUserTerms, TextKind::SharedInformation];
    if listed.is_enterprise() {
        kinds.push(TextKind::CompanyAuthorization);
    }
    kinds
}

async fn is_accepted(
    tx: &mut Tx,
    visitor: &Visitor,
    kind: TextKind,
    version: &str,
) -> Result<bool, db::Error> {
    let person = match kind {
        TextKind::EndUserTerms => Some(visitor.user.id),
        TextKind::CompanyAuthorization => None,
        // What is shared is agreed to every time.
        TextKind::SharedInformation | TextKind::ProcessorPrivacy => return Ok(false),
    };
    terms_acceptances::exists(tx, visitor.company.id, person, kind, version).await
}

async fn text_in_force(tx: &mut Tx, kind: TextKind) -> Result<(String, Markup), db::Error> {
    let legal = legal_texts::newest(tx, kind).await?;
    Ok(legal.map_or_else(
        || ("0".to_owned(), Markup::default()),
        |legal| {
            (
                legal.version.clone(),
                web::markdown(body_of(&legal.text), ""),
            )
        },
    ))
}

/// What the app may do, a line for each scope.
async fn descriptions(tx: &mut Tx, listed: &Listed) -> Result<Vec<String>, db::Error> {
    let own = listed.app.principal_type == PrincipalType::User;
    let described = scopes::describe(tx, &listed.app.scopes).await?;
    let line = |scope: Scope| match own {
        true => scope.user_description_self,
        false => scope.user_description,
    };
    Ok(described.into_iter().map(line).collect())
}
