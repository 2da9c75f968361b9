use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use protocol::Form;
use vault::Flow;
use web::{ClientAddress, Layout, Notice, PageError, PageForm, PageQuery};

use super::resume::send_link;
use super::sign_up::labels;
use super::visit::Visit;
use crate::fields::{FieldErrors, one_line};
use crate::frame::{self, Landing};
use crate::limits::allow;
use crate::sign_up_step::{SignUpField, SignUpStep};
use crate::words::Words;
use crate::{AppConfig, Partner, Text};

#[derive(Template)]
#[template(path = "connect/asked.html")]
struct Asked<'a> {
    layout: Layout,
    landing: Landing,
    words: Words,
    csrf: String,
    action: String,
    back: String,
    step: &'a SignUpStep,
    questions: Vec<Question<'a>>,
    errors: FieldErrors,
}

/// A field with what was entered.
struct Question<'a> {
    field: &'a SignUpField,
    value: String,
    options: Vec<Choice<'a>>,
}

struct Choice<'a> {
    /// What is kept, in any language.
    value: &'a str,
    label: String,
}

/// What was answered so far, by the fields' names.
pub(super) fn answers(flow: &Flow) -> BTreeMap<String, String> {
    let known = flow.answers.as_deref();
    known
        .and_then(|json| serde_json::from_str(json).ok())
        .unwrap_or_default()
}

/// The first of the app's own steps that is not answered; with all of them, the company.
pub(super) fn next_page(app: &AppConfig, flow: &Flow) -> String {
    let answers = answers(flow);
    let is_open = |step: &SignUpStep| {
        let mut fields = step.fields.iter();
        fields.any(|field| !answers.contains_key(&field.name))
    };
    match app.sign_up.iter().position(is_open) {
        Some(at) => page_of_step(at),
        None => "sign-up/company".to_owned(),
    }
}

/// `sign-up/step/1` is the first.
fn page_of_step(at: usize) -> String {
    format!("sign-up/step/{}", at + 1)
}

/// The step before the company.
pub(super) fn page_before_company(app: &AppConfig) -> String {
    match app.sign_up.len() {
        0 => "sign-up".to_owned(),
        steps => page_of_step(steps - 1),
    }
}

/// A step that the app asks for.
pub(crate) async fn form(
    visit: Visit,
    Path((_, number)): Path<(String, usize)>,
    PageQuery(query): PageQuery,
) -> Result<Response, PageError> {
    let at = place(&visit, number)?;
    if let Some(elsewhere) = elsewhere(&visit) {
        return Ok(elsewhere);
    }
    let notice = saved(&query, visit.words());
    let errors = FieldErrors::none(visit.words());
    Ok(page(&visit, at, None, errors, notice))
}

fn place(visit: &Visit, number: usize) -> Result<usize, PageError> {
    let at = number.wrapping_sub(1);
    let exists = at < visit.app.sign_up.len();
    exists.then_some(at).ok_or_else(PageError::not_found)
}

/// Where the flow stands, when it is not signing up.
pub(super) fn elsewhere(visit: &Visit) -> Option<Response> {
    if !visit.is_open() {
        return Some(visit.go_on());
    }
    let begun = visit.flow.password_hash.is_some();
    (!begun).then(|| visit.go("sign-up"))
}

/// What is said after "save and finish later".
pub(super) fn saved(query: &Form, words: Words) -> Option<Notice> {
    match query.get("saved") {
        Some("mail") => Some(Notice::success(words.text("saved-with-mail"))),
        Some(_) => Some(Notice::success(words.text("saved-here"))),
        None => None,
    }
}

/// Sends the link, and leads back to the page.
pub(super) async fn later(
    partner: &Partner,
    visit: &Visit,
    page: &str,
) -> Result<Response, PageError> {
    let how = match send_link(partner, visit).await? {
        true => "mail",
        false => "here",
    };
    Ok(visit.go(&format!("{page}?saved={how}")))
}

fn page(
    visit: &Visit,
    at: usize,
    sent: Option<&Form>,
    errors: FieldErrors,
    notice: Option<Notice>,
) -> Response {
    let app = &*visit.app;
    let step = &app.sign_up[at];
    let kept = answers(&visit.flow);
    let words = visit.words();
    let question = |field| question(field, sent, &kept, words);
    let mut landing = frame::landing_with_form(app, &visit.reader);
    landing.steps = frame::steps(labels(app, words), at + 1);
    let mut layout = frame::branded(app, words, &errors.title(step.title.of(&words)));
    layout.notice = notice;
    let back = match at {
        0 => "sign-up".to_owned(),
        _ => page_of_step(at - 1),
    };
    let status = match errors.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    web::page_with_status(
        status,
        &Asked {
            layout,
            landing,
            words,
            csrf: visit.session.csrf(),
            action: super::visit::address(app, &page_of_step(at)),
            back: super::visit::address(app, &back),
            step,
            questions: step.fields.iter().map(question).collect(),
            errors,
        },
    )
}

fn question<'a>(
    field: &'a SignUpField,
    sent: Option<&Form>,
    kept: &BTreeMap<String, String>,
    words: Words,
) -> Question<'a> {
    let sent = sent.map(|form| form.get(&field.name).unwrap_or_default().to_owned());
    let value = sent.or_else(|| kept.get(&field.name).cloned());
    let choice = |text: &'a Text| Choice {
        value: text.kept(),
        label: text.of(&words).to_owned(),
    };
    let unchosen = Choice {
        value: "",
        label: words.text("choose-one"),
    };
    Question {
        field,
        value: value.unwrap_or_default(),
        options: std::iter::once(unchosen)
            .chain(field.options.iter().map(choice))
            .collect(),
    }
}

/// Keeps the answers in the flow; whole ones lead to the next step.
pub(crate) async fn submit(
    State(partner): State<Partner>,
    mut visit: Visit,
    Path((_, number)): Path<(String, usize)>,
    ClientAddress(from): ClientAddress,
    PageForm(form): PageForm,
) -> Result<Response, PageError> {
    visit.check(&form)?;
    let at = place(&visit, number)?;
    if let Some(elsewhere) = elsewhere(&visit) {
        return Ok(elsewhere);
    }
    let again = |visit: &Visit| {
        page(
            visit,
            at,
            Some(&form),
            FieldErrors::none(visit.words()),
            None,
        )
    };
    if let Some(turned) = visit.turned(&partner, &form, again).await? {
        return Ok(turned);
    }
    allow(&partner.limits.forms, &from)?;
    let is_later = form.has("later");
    let words = visit.words();
    let mut errors = FieldErrors::none(words);
    let mut answers = answers(&visit.flow);
    for field in &visit.app.sign_up[at].fields {
        let answer = entered(field, &form, (&mut errors, words));
        // For later is kept what was entered; an empty answer would count as one.
        if !is_later || !answer.is_empty() {
            answers.insert(field.name.clone(), answer);
        }
    }
    if !is_later && !errors.is_empty() {
        return Ok(page(&visit, at, Some(&form), errors, None));
    }
    let json = serde_json::to_string(&answers).map_err(|error| PageError::internal(&error))?;
    partner.vault.flow_answers(visit.flow.id, &json).await?;
    if is_later {
        return later(&partner, &visit, &page_of_step(at)).await;
    }
    let mut flow = visit.flow.clone();
    flow.answers = Some(json);
    Ok(visit.go(&next_page(&visit.app, &flow)))
}

fn entered(field: &SignUpField, form: &Form, (errors, words): (&mut FieldErrors, Words)) -> String {
    const LINE: usize = 200;
    let text = one_line(form.get(&field.name).unwrap_or_default());
    let name = field.name.as_str();
    let about = |key| words.say(key).with("label", field.label.of(&words));
    if text.is_empty() && !field.optional {
        let what = match field.options.is_empty() {
            true => about("fill-in"),
            false => about("choose"),
        };
        errors.add(name, what);
    } else if text.chars().count() > LINE {
        let most = words.number(LINE);
        errors.add(name, about("shorten-answer").with("most", most));
        return text.chars().take(LINE).collect();
    } else if !text.is_empty()
        && !field.options.is_empty()
        && !field.options.iter().any(|option| option.kept() == text)
    {
        errors.add(name, about("choose-of-list"));
        return String::new();
    }
    text
}
