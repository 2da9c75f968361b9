use askama::Template;
use axum::extract::{Path, State as Context};
use axum::response::Response;
use db::Tx;
use store::{Attempt, Connection, connect_attempts, connections, refresh_tokens, users};
use web::{Layout, Link, Markup, PageError, PageQuery};

use crate::card_state::{CardState, PENDING_FOR, Situation, card_state};
use crate::consents::{Consents, Which};
use crate::countries::{Region, regions};
use crate::history::{self, HistoryLine};
use crate::listed::Listed;
use crate::opener::with_connect_form;
use crate::terms::TermsView;
use crate::visitor::Visitor;
use crate::{State, confirm_password, frame, notice, partner_link, script};

#[derive(Template)]
#[template(path = "listing.html")]
struct ListingPage {
    layout: Layout,
    platform: String,
    listed: Listed,
    href: String,
    long_description: Markup,
    links: Vec<Link>,
    regions: Vec<Region>,
    card: Card,
    history: Vec<HistoryLine>,
    /// For the dialog behind Connect, when the card offers it.
    terms: Option<TermsView>,
    script: String,
}

/// The action card.
struct Card {
    state: CardState,
    /// Whether this person may connect and disconnect.
    permitted: bool,
    /// How many people a connection is for, as `214 employees`.
    employees: String,
    /// Who can connect, for those who cannot.
    administrators: Vec<Link>,
    made: Option<Made>,
    company_tail: String,
    company_id: String,
}

/// How a connection came about, and until when it lasts.
struct Made {
    by: String,
    at: String,
    at_iso: String,
    expires: String,
    expires_iso: String,
    /// However often it is used; `None` when it has ended.
    latest: Option<(String, String)>,
}

pub async fn show(
    Context(state): Context<State>,
    visitor: Visitor,
    Path(id): Path<String>,
    PageQuery(query): PageQuery,
) -> Result<Response, PageError> {
    let mut tx = state.app.db.read_within(visitor.company.id).await?;
    let listed = Listed::find(&mut tx, visitor.company.id, &id).await?;
    let platform = state.app.settings.platform_name.clone();
    let card = card(&mut tx, &visitor, &listed).await?;
    let history = history::load(
        &mut tx,
        &visitor,
        (&listed.app, &listed.listing.name),
        &platform,
    )
    .await?;
    // Who has to confirm the password first follows the link to the terms, which asks for it.
    let confirmed = !listed.is_enterprise() || confirm_password::needed(&visitor, "").is_none();
    let terms = if card.state.offers_connect() && confirmed {
        let consents = Consents::load(&mut tx, &visitor, &listed, Which::Open).await?;
        let open = (Which::Open, consents);
        Some(TermsView::new(&state, &visitor, &listed, open))
    } else {
        None
    };
    drop(tx);

    let mut layout = frame::layout_for(&state, &visitor, &listed.listing.name, "App Center");
    layout.notice = notice::of(&query, &listed.listing.name);
    let content = &listed.listing.content;
    let base = partner_link::base(&content.links.website);
    let page = ListingPage {
        layout,
        platform,
        href: listed.href(),
        long_description: web::markdown(&content.long_description, &base),
        links: links(&listed),
        regions: regions(&content.countries),
        card,
        history,
        terms,
        script: script::href(),
        listed,
    };
    let rendered = web::page(&page);
    Ok(with_connect_form(rendered, &page.listed))
}

/// The state of the connection between an app and whoever looks at it.
pub async fn state_of(
    tx: &mut Tx,
    visitor: &Visitor,
    listed: &Listed,
) -> Result<(CardState, Option<Connection>), db::Error> {
    let app = &listed.app;
    let connection = connections::find(tx, visitor.principal(app), app.client_id).await?;
    let attempt = newest_attempt(tx, visitor, listed).await?;
    let state = card_state(Situation {
        enterprise: listed.is_enterprise(),
        enabled: app.enabled,
        permitted: visitor.may_connect(app),
        prefers_request_information: listed.listing.content.prefers_request_information,
        connection: connection.as_ref(),
        attempt: attempt.as_ref(),
        now: visitor.now,
    });
    Ok((state, connection))
}

/// This person's last click on Connect, if it may still matter.
pub async fn newest_attempt(
    tx: &mut Tx,
    visitor: &Visitor,
    listed: &Listed,
) -> Result<Option<Attempt>, db::Error> {
    let (company, user) = (visitor.company.id, visitor.user.id);
    let since = visitor.now - PENDING_FOR;
    connect_attempts::newest(tx, company, user, &listed.listing.id, since).await
}

/// When a connection must be made anew, for programs and for people (S19).
pub async fn latest(
    tx: &mut Tx,
    connection: &Connection,
) -> Result<Option<(String, String)>, db::Error> {
    let (principal, app) = (connection.principal, connection.app);
    let at = refresh_tokens::absolute_expiry(tx, principal, app).await?;
    Ok(at.map(|at| (web::iso_time(at), web::date(at))))
}

async fn card(tx: &mut Tx, visitor: &Visitor, listed: &Listed) -> Result<Card, db::Error> {
    let (state, connection) = state_of(tx, visitor, listed).await?;
    let permitted = visitor.may_connect(&listed.app);
    let administrators = match permitted {
        true => Vec::new(),
        false => administrators(tx, visitor, listed).await?,
    };
    let made = match connection {
        Some(connection) => Some(Made {
            by: match connection.connected_by == visitor.user.id {
                true => "you".to_owned(),
                false => history::name(tx, visitor.company.id, connection.connected_by).await?,
            },
            at: web::date_time(connection.connected_at),
            at_iso: web::iso_time(connection.connected_at),
            expires: web::date(connection.expires_at),
            expires_iso: web::iso_time(connection.expires_at),
            latest: latest(tx, &connection).await?,
        }),
        None => None,
    };
    Ok(Card {
        state,
        permitted,
        employees: employees(visitor),
        administrators,
        made,
        company_tail: visitor.company.id.tail(),
        company_id: visitor.company.id.to_string(),
    })
}

/// As `214 employees`.
pub fn employees(visitor: &Visitor) -> String {
    let number = u64::try_from(visitor.company.employees).unwrap_or(0);
    web::count(number, "employee")
}

/// Those who can connect, each with the address of a mail that asks for it (S02).
async fn administrators(
    tx: &mut Tx,
    visitor: &Visitor,
    listed: &Listed,
) -> Result<Vec<Link>, db::Error> {
    let subject = format!("Please connect {}", listed.listing.name);
    who_can_help(tx, visitor, &subject).await
}

/// A company's administrators, each with the address of a mail about `subject`.
pub async fn who_can_help(
    tx: &mut Tx,
    visitor: &Visitor,
    subject: &str,
) -> Result<Vec<Link>, db::Error> {
    let all = users::administrators(tx, visitor.company.id).await?;
    let subject: String = url::form_urlencoded::byte_serialize(subject.as_bytes()).collect();
    let subject = subject.replace('+', "%20");
    Ok(all
        .iter()
        .map(|admin| {
            let address = admin.login.replace(['?', '&', '%', ' '], "");
            Link::new(
                &admin.full_name(),
                &format!("mailto:{address}?subject={subject}"),
            )
        })
        .collect())
}

/// Only what the partner supplied.
fn links(listed: &Listed) -> Vec<Link> {
    let links = &listed.listing.content.links;
    let supplied = [
        ("Visit our Website", Some(&links.website)),
        ("Brochure", links.brochure.as_ref()),
        ("Watch a Demo", links.demo_video.as_ref()),
        ("Support", Some(&links.support)),
    ];
    supplied
        .into_iter()
        .filter_map(|(label, href)| Some(Link::new(label, &partner_link::href(href?)?)))
        .collect()
}

impl ListingPage {
    fn is(&self, state: &str) -> bool {
        self.card.state.as_status() == state
    }

    fn badge(&self) -> &'static str {
        match self.card.state {
            CardState::Connected => "connected",
            CardState::Pending => "pending",
            CardState::Expired => "expired",
            _ => "",
        }
    }
}
