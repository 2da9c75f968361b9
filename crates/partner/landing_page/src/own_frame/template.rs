use std::collections::BTreeMap;

use minijinja::value::Value;
use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior};
use web::Frame;

use super::files::Files;
use super::markup::{self, CONTENT};
use super::{Fault, TEMPLATE, line_of};
use crate::AppConfig;
use crate::config::LINKED;

/// What a frame may name, beside the function `asset`.
const NAMES: [&str; 8] = [
    "app", "company", "content", "home", "lang", "links", "logo", "test",
];

/// Renders a frame in one language, and judges what came out of it.
pub(super) fn render(
    source: &str,
    language: &str,
    app: &AppConfig,
    files: &Files,
) -> Result<Frame, Fault> {
    if let Some(at) = source.find(|c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Err(Fault::at(line_of(source, at), "a control character"));
    }
    let assets = files.href("");
    let logo = app.href("logo.svg");
    markup::check_source(source)?;
    let html = rendered(source, context(language, app, &logo), files)?;
    let links = markup::check(&html, &[&assets, &logo])?;
    for name in LINKED {
        let target = escaped(app.links.of(name));
        if !links.contains(&target.as_str()) {
            return Err(Fault::somewhere(format!(
                "no link leads to {{{{ links.{name} }}}}: every page links terms, privacy, support \
                 and help"
            )));
        }
    }
    let (before, after) = html.split_once(CONTENT).unwrap_or((&html, ""));
    Ok(Frame {
        before: before.to_owned(),
        after: after.to_owned(),
    })
}

fn rendered(source: &str, context: Value, files: &Files) -> Result<String, Fault> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    let known: BTreeMap<String, String> = files.served();
    environment.add_function("asset", move |name: &str| match known.get(name) {
        Some(href) => Ok(Value::from_safe_string(href.clone())),
        None => Err(Error::new(
            ErrorKind::InvalidOperation,
            format!("asset({name:?}): there is no such file beside it"),
        )),
    });
    environment
        .add_template(TEMPLATE, source)
        .map_err(|error| fault(&error))?;
    let template = environment
        .get_template(TEMPLATE)
        .map_err(|error| fault(&error))?;
    // Also in a branch that no page takes today.
    let mut named: Vec<String> = template.undeclared_variables(true).into_iter().collect();
    named.sort();
    for name in named {
        let (first, rest) = name.split_once('.').unwrap_or((&name, ""));
        let is_known = match first {
            "links" => rest.is_empty() || LINKED.contains(&rest) || rest == "inquiry",
            "asset" => true,
            _ => NAMES.contains(&first) && rest.is_empty(),
        };
        if !is_known {
            let line = source.find(&name).map(|at| line_of(source, at));
            let says = format!("{name} is not known: there are {}", NAMES.join(", "));
            return Err(Fault { line, says });
        }
    }
    template.render(context).map_err(|error| fault(&error))
}

fn context(language: &str, app: &AppConfig, logo: &str) -> Value {
    let mut links: BTreeMap<&str, Value> = LINKED
        .iter()
        .map(|name| (*name, safe(app.links.of(name))))
        .collect();
    links.insert("inquiry", safe(&app.links.inquiry));
    Value::from(BTreeMap::from([
        ("app", Value::from(&app.name)),
        ("company", Value::from(&app.company)),
        ("content", Value::from_safe_string(CONTENT.to_owned())),
        ("home", safe(&format!("/{}", app.slug))),
        ("lang", Value::from(language)),
        ("links", Value::from(links)),
        ("logo", safe(logo)),
        ("test", Value::from(app.test)),
    ]))
}

/// An address as it stands in an attribute.
fn safe(address: &str) -> Value {
    Value::from_safe_string(escaped(address))
}

fn escaped(address: &str) -> String {
    address
        .replace('&', "&amp;")
        .replace('"', "&quot;")
        .replace('<', "&lt;")
}

fn fault(error: &Error) -> Fault {
    let says = error.detail().map_or_else(
        || error.kind().to_string(),
        |detail| format!("{}: {detail}", error.kind()),
    );
    Fault {
        line: error.line(),
        says,
    }
}
