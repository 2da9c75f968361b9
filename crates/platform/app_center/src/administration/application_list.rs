use std::cmp::Ordering;

use askama::Template;
use axum::extract::State as Context;
use axum::response::Response;
use protocol::Form;
use store::{CustomerApp, customer_apps};
use web::{Layout, PageError, PageQuery};

use super::administrator::Administrator;
use super::owned;
use crate::paging::Paging;
use crate::{State, frame};

#[derive(Template)]
#[template(path = "administration/application_list.html")]
struct ApplicationListPage {
    layout: Layout,
    company: String,
    query: String,
    heads: Vec<Head>,
    found: String,
    lines: Vec<Line>,
    paging: Paging,
    /// Whether the company has any app at all.
    any: bool,
}

/// Head of a column, with the address that sorts by it.
struct Head {
    label: &'static str,
    /// Empty where nothing can be sorted by it.
    href: String,
    direction: &'static str,
}

struct Line {
    href: String,
    client_id: String,
    name: String,
    enabled: bool,
    description: String,
    created: String,
    created_iso: String,
    modified: String,
    modified_iso: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Column {
    ClientId,
    Name,
    Created,
    Modified,
}

/// By which column, and which way. Newest change first, unless somebody wants it otherwise.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Sorting {
    column: Column,
    descending: bool,
}

pub async fn show(
    Context(state): Context<State>,
    Administrator(visitor): Administrator,
    PageQuery(query): PageQuery,
) -> Result<Response, PageError> {
    let mut tx = state.app.db.read_within(visitor.company.id).await?;
    let mut apps = customer_apps::all(&mut tx, visitor.company.id).await?;
    drop(tx);
    let any = !apps.is_empty();
    let text: String = query.get("q").unwrap_or_default().trim().to_owned();
    apps.retain(|own| matches(own, &text.to_lowercase()));
    let sorting = Sorting::from_query(&query);
    apps.sort_by(|a, b| sorting.compare(a, b));
    let paging = Paging::new(&query, apps.len());
    let title = "OAuth 2.0 Application Management";
    Ok(web::page(&ApplicationListPage {
        layout: frame::layout_for(&state, &visitor, title, "Administration"),
        company: visitor.company.name,
        heads: heads(sorting, &text),
        found: web::count(apps.len() as u64, "app"),
        lines: apps[paging.range()].iter().map(Line::from).collect(),
        query: text,
        paging,
        any,
    }))
}

/// By client id or name.
fn matches(own: &CustomerApp, text: &str) -> bool {
    own.app.client_id.to_string().contains(text) || own.app.name.to_lowercase().contains(text)
}

fn heads(sorting: Sorting, text: &str) -> Vec<Head> {
    let sortable = |label, column| {
        let this = sorting.column == column;
        Head {
            label,
            href: sorting.by(column).href(text),
            direction: match (this, sorting.descending) {
                (false, _) => "none",
                (true, true) => "descending",
                (true, false) => "ascending",
            },
        }
    };
    vec![
        sortable("Client ID", Column::ClientId),
        sortable("App name", Column::Name),
        Head {
            label: "App description",
            href: String::new(),
            direction: "none",
        },
        sortable("Date created", Column::Created),
        sortable("Last modified", Column::Modified),
    ]
}

impl Column {
    const ALL: [Column; 4] = [
        Column::ClientId,
        Column::Name,
        Column::Created,
        Column::Modified,
    ];

    const fn as_str(self) -> &'static str {
        match self {
            Column::ClientId => "client_id",
            Column::Name => "name",
            Column::Created => "created",
            Column::Modified => "modified",
        }
    }

    /// Dates begin with the newest, texts with A.
    fn begins_descending(self) -> bool {
        matches!(self, Column::Created | Column::Modified)
    }
}

impl Sorting {
    fn from_query(query: &Form) -> Sorting {
        let wanted = query.get("sort").unwrap_or_default();
        let column = Column::ALL
            .into_iter()
            .find(|column| column.as_str() == wanted);
        let column = column.unwrap_or(Column::Modified);
        Sorting {
            column,
            descending: match query.get("order") {
                Some("ascending") => false,
                Some("descending") => true,
                _ => column.begins_descending(),
            },
        }
    }

    /// What a click on a column's head leads to: turned round where it is sorted by already.
    fn by(self, column: Column) -> Sorting {
        Sorting {
            column,
            descending: match self.column == column {
                true => !self.descending,
                false => column.begins_descending(),
            },
        }
    }

    fn href(self, text: &str) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        if !text.is_empty() {
            query.append_pair("q", text);
        }
        query.append_pair("sort", self.column.as_str());
        let order = match self.descending {
            true => "descending",
            false => "ascending",
        };
        query.append_pair("order", order);
        format!("?{}", query.finish())
    }

    fn compare(self, a: &CustomerApp, b: &CustomerApp) -> Ordering {
        let order = match self.column {
            Column::ClientId => a.app.client_id.cmp(&b.app.client_id),
            Column::Name => a.app.name.to_lowercase().cmp(&b.app.name.to_lowercase()),
            Column::Created => a.created_at.cmp(&b.created_at),
            Column::Modified => a.modified_at.cmp(&b.modified_at),
        };
        match self.descending {
            true => order.reverse(),
            false => order,
        }
        .then_with(|| a.app.client_id.cmp(&b.app.client_id))
    }
}

impl From<&CustomerApp> for Line {
    fn from(own: &CustomerApp) -> Line {
        Line {
            href: owned::href(own),
            client_id: own.app.client_id.to_string(),
            name: own.app.name.clone(),
            enabled: own.app.enabled,
            description: own.description.clone(),
            created: web::date(own.created_at),
            created_iso: web::iso_time(own.created_at),
            modified: web::date(own.modified_at),
            modified_iso: web::iso_time(own.modified_at),
        }
    }
}
