use ::mail::outbox::{self, Mail};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use web::{Layout, PageError};

use super::Outbox;

#[derive(Template)]
#[template(path = "outbox/mail.html")]
struct MailPage {
    layout: Layout,
    mail: Mail,
    /// The text, so that its addresses can be followed.
    pieces: Vec<Piece>,
    page_href: String,
    at: String,
    at_iso: String,
}

#[derive(Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Address(String),
}

/// One mail, as its text.
pub async fn show(
    State(outbox): State<Outbox>,
    Path(name): Path<String>,
) -> Result<Response, PageError> {
    let mail = find(&outbox, &name)?;
    Ok(web::page(&MailPage {
        layout: outbox.layout(&mail.subject),
        pieces: pieces(&mail.text),
        page_href: format!("/mails/{name}/page"),
        at: web::date_time(mail.at),
        at_iso: web::iso_time(mail.at),
        mail,
    }))
}

/// The mail of that name, or the page that says there is none.
pub fn find(outbox: &Outbox, name: &str) -> Result<Mail, PageError> {
    let found = outbox::read(&outbox.folder, name).ok().flatten();
    found.ok_or_else(|| PageError::not_found().with_action("Show all mails", "/"))
}

/// Cuts web addresses out of a text.
fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(start) = next_address(rest) {
        let end = rest[start..].find(char::is_whitespace);
        let end = end.map_or(rest.len(), |length| start + length);
        // What ends a sentence does not belong to it.
        let address = rest[start..end].trim_end_matches(['.', ',', ';', ':', ')', '>', '"', '\'']);
        pieces.push(Piece::Text(rest[..start].to_owned()));
        pieces.push(Piece::Address(address.to_owned()));
        rest = &rest[start + address.len()..];
    }
    pieces.push(Piece::Text(rest.to_owned()));
    pieces
}

fn next_address(text: &str) -> Option<usize> {
    let found = ["https://", "http://"].map(|scheme| text.find(scheme));
    found.into_iter().flatten().min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_cut_out_of_the_text_and_nothing_gets_lost() {
        let text = "Go to (https://a.example/x?y=1). Or\nhttp://b.example\njavascript:alert(1)";
        let cut = pieces(text);
        let whole: String = cut
            .iter()
            .map(|(Piece::Text(text) | Piece::Address(text))| text.as_str())
            .collect();
        assert_eq!(whole, text);
        let addresses: Vec<_> = cut
            .iter()
            .filter(|piece| matches!(piece, Piece::Address(_)))
            .collect();
        assert_eq!(
            addresses,
            [
                &Piece::Address("https://a.example/x?y=1".to_owned()),
                &Piece::Address("http://b.example".to_owned())
            ]
        );
    }
}
