use ::mail::outbox;
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use web::{Layout, PageError, PageQuery};

use super::Outbox;

/// Mails on one page.
const PAGE: usize = 50;

#[derive(Template)]
#[template(path = "outbox/list.html")]
struct ListPage {
    layout: Layout,
    folder: String,
    lines: Vec<Line>,
    first: usize,
    last: usize,
    total: usize,
    previous: String,
    next: String,
}

struct Line {
    href: String,
    subject: String,
    to: String,
    at: String,
    at_iso: String,
    ago: String,
}

/// All mails, newest first; `?page=2` is the next fifty.
pub async fn show(
    State(outbox): State<Outbox>,
    PageQuery(query): PageQuery,
) -> Result<Response, PageError> {
    let names = outbox::names(&outbox.folder).map_err(|_| unreadable())?;
    let total = names.len();
    let pages = total.div_ceil(PAGE).max(1);
    let asked = query.get("page").and_then(|page| page.parse().ok());
    let page = asked.unwrap_or(1).clamp(1, pages);
    let skipped = (page - 1) * PAGE;
    let newest_first = names.iter().rev().skip(skipped).take(PAGE);
    let lines: Vec<Line> = newest_first
        .filter_map(|name| line(&outbox, name))
        .collect();
    let href = |wanted: usize| match (1..=pages).contains(&wanted) {
        true => format!("/?page={wanted}"),
        false => String::new(),
    };
    Ok(web::page(&ListPage {
        layout: outbox.layout("Mails"),
        folder: outbox.folder.display().to_string(),
        first: skipped + 1,
        last: (skipped + PAGE).min(total),
        total,
        previous: href(page - 1),
        next: href(page + 1),
        lines,
    }))
}

fn line(outbox: &Outbox, name: &str) -> Option<Line> {
    let mail = outbox::read(&outbox.folder, name).ok().flatten()?;
    Some(Line {
        href: format!("/mails/{name}"),
        subject: mail.subject,
        to: address(&mail.to).to_owned(),
        at: web::date_time(mail.at),
        at_iso: web::iso_time(mail.at),
        ago: web::relative(mail.at, outbox.clock.now()),
    })
}

/// Without the name before it.
fn address(person: &str) -> &str {
    let in_brackets = person.rsplit_once('<').map(|(_, address)| address);
    in_brackets.map_or(person, |address| address.trim_end_matches('>'))
}

fn unreadable() -> PageError {
    PageError::new(
        http::StatusCode::SERVICE_UNAVAILABLE,
        "The outbox cannot be read",
        "The folder is there, and this program may not read it. Look at its permissions.",
    )
}
