use askama::Template;
use axum::extract::State;
use axum::response::Response;
use protocol::{Timestamp, tail_of};
use uuid::Uuid;
use vault::{Action, Actor, AuditEntry, AuditFilter};
use web::{Layout, PageError, PageQuery};

use super::paging::{Pages, Wanted, address};
use super::signed_in::{Choice, SignedIn};
use crate::Partner;
use crate::when::When;

const PATH: &str = "/console/audit";
const PAGE: i64 = 50;

#[derive(Template)]
#[template(path = "console/audit.html")]
struct Audit {
    layout: Layout,
    who: String,
    action: String,
    app: String,
    text: String,
    actors: Vec<Choice>,
    actions: Vec<Choice>,
    apps: Vec<Choice>,
    rows: Vec<EntryView>,
    pages: Pages,
    is_filtered: bool,
}

/// An entry of the audit log, as pages show it.
pub(super) struct EntryView {
    pub at: When,
    pub action: &'static str,
    pub who: String,
    /// More about who: an id, or a command.
    pub who_id: Named,
    pub app: String,
    /// The company or person, the last six characters and all of them; empty for none.
    pub tail: String,
    pub principal: String,
    pub subject: Named,
    pub correlation_id: Named,
    /// Where the entries of the same request stand.
    pub request: String,
}

/// A text that may be an id: of one the last six characters are shown, so that it stands on one line.
pub(super) struct Named {
    pub shown: String,
    pub whole: String,
}

impl Named {
    fn new(whole: String) -> Named {
        let id = Uuid::try_parse(&whole).ok();
        let tail = id.map(|id| format!("…{}", tail_of(id)));
        Named {
            shown: tail.unwrap_or_else(|| whole.clone()),
            whole,
        }
    }
}

pub(super) fn entry_view(partner: &Partner, entry: AuditEntry, now: Timestamp) -> EntryView {
    let (who, who_id) = match entry.actor {
        Actor::Staff(email) => (email, String::new()),
        Actor::Customer(id) => ("The customer".to_owned(), id),
        Actor::Command(command) => ("Command line".to_owned(), command),
        Actor::System => ("The vault".to_owned(), String::new()),
    };
    let principal = entry
        .principal
        .map_or_else(String::new, |id| id.to_string());
    EntryView {
        at: When::new(entry.at, now),
        action: entry.action.words(),
        who,
        who_id: Named::new(who_id),
        app: entry
            .app
            .map_or_else(String::new, |app| partner.app_name(app)),
        tail: entry.principal.map(tail_of).unwrap_or_default(),
        principal,
        subject: Named::new(entry.subject),
        request: address(PATH, &[("q", &entry.correlation_id)]),
        correlation_id: Named::new(entry.correlation_id),
    }
}

/// Who changed what, the newest first.
pub(crate) async fn log(
    State(partner): State<Partner>,
    signed_in: SignedIn,
    query: PageQuery,
) -> Result<Response, PageError> {
    let get = |name| query.0.get(name).unwrap_or_default();
    let app = partner.app_asked(query.0.get("app"));
    let wanted = Wanted::of(&query, PAGE);
    let filter = AuditFilter {
        actor: get("who").to_owned(),
        action: Action::parse(get("action")),
        app: app.map(|app| app.client_id),
        text: get("q").trim().chars().take(100).collect(),
        offset: wanted.offset(),
        limit: PAGE,
    };
    let (entries, total) = partner.vault.audit_log(&filter).await?;
    let now = partner.clock.now();
    let rows: Vec<_> = entries
        .into_iter()
        .map(|entry| entry_view(&partner, entry, now))
        .collect();
    let action = filter.action.map_or("", Action::as_str);
    let slug = app.map_or("", |app| app.slug.as_str());
    let pairs = [
        ("who", filter.actor.as_str()),
        ("action", action),
        ("app", slug),
        ("q", &filter.text),
    ];
    Ok(web::page(&Audit {
        layout: signed_in.layout("Audit log", "Audit log"),
        is_filtered: pairs.iter().any(|(_, value)| !value.is_empty()),
        pages: wanted.pages(rows.len(), total, &address(PATH, &pairs)),
        action: action.to_owned(),
        app: slug.to_owned(),
        actors: actors(),
        actions: actions(),
        apps: partner.app_options(),
        who: filter.actor,
        text: filter.text,
        rows,
    }))
}

fn actors() -> Vec<Choice> {
    [
        ("", "Anybody"),
        ("staff", "Staff"),
        ("customer", "Customers"),
        ("command", "Command line"),
        ("system", "The vault"),
    ]
    .map(|(value, label)| Choice::new(value, label))
    .into()
}

fn actions() -> Vec<Choice> {
    let all = Action::ALL.iter();
    let named = all.map(|action| Choice::new(action.as_str(), action.words()));
    std::iter::once(Choice::new("", "Anything"))
        .chain(named)
        .collect()
}
