//! What a frame may consist of: a small part of HTML, written so that every browser reads it alike.

use super::{Fault, line_of};

/// Stands where our content goes; no template can hold it.
pub(super) const CONTENT: &str = "\u{2}";
/// Stands for what the engine fills in, while the template itself is looked at.
const FILLED: char = '\u{1}';

const ELEMENTS: [&str; 26] = [
    "a",
    "abbr",
    "address",
    "aside",
    "b",
    "br",
    "div",
    "em",
    "figcaption",
    "figure",
    "footer",
    "h2",
    "h3",
    "header",
    "hr",
    "i",
    "img",
    "li",
    "nav",
    "ol",
    "p",
    "section",
    "small",
    "span",
    "strong",
    "ul",
];
const VOID: [&str; 3] = ["br", "hr", "img"];
const ATTRIBUTES: [&str; 13] = [
    "alt",
    "aria-label",
    "class",
    "dir",
    "height",
    "href",
    "lang",
    "loading",
    "rel",
    "src",
    "target",
    "title",
    "width",
];
/// Where links may lead: `/`, but not `//`, which is another site.
const TARGETS: [&str; 5] = ["https://", "/", "#", "mailto:", "tel:"];

enum Piece<'a> {
    Open {
        name: String,
        attributes: Vec<(String, Option<&'a str>)>,
        /// As it is written.
        text: &'a str,
    },
    Close(String),
    Text(&'a str),
}

/// Looks at the template as it is written, in every branch of it.
pub(super) fn check_source(source: &str) -> Result<(), Fault> {
    let blanked = blanked(source);
    each(&blanked, |_, piece| match piece {
        Piece::Open {
            name, attributes, ..
        } => check_tag(&name, &attributes, None),
        Piece::Close(name) => check_element(&name),
        Piece::Text(_) => Ok(()),
    })
}

/// Looks at what came out of it. Gives where its links lead; `own` are the addresses that pictures
/// may have, or begin with.
pub(super) fn check<'a>(html: &'a str, own: &[&str]) -> Result<Vec<&'a str>, Fault> {
    let mut open: Vec<(String, &str, bool)> = Vec::new();
    let mut links = Vec::new();
    let mut contents = 0;
    let outcome = each(html, |_, piece| {
        match piece {
            Piece::Open {
                name,
                attributes,
                text,
            } => {
                check_tag(&name, &attributes, Some(own))?;
                links.extend(
                    attributes
                        .iter()
                        .filter(|a| a.0 == "href")
                        .filter_map(|a| a.1),
                );
                let is_plain = attributes.iter().all(|(attribute, value)| {
                    let own = |class: &str| class.starts_with("own-");
                    attribute == "class" && value.unwrap_or("").split_whitespace().all(own)
                }) && matches!(&*name, "div" | "section");
                if !VOID.contains(&&*name) {
                    open.push((name, text, is_plain));
                }
            }
            Piece::Close(name) => match open.pop() {
                Some((opened, ..)) if opened == name => {}
                Some((_, text, _)) => {
                    return Err(format!("{text}> is not closed before </{name}>"));
                }
                None => return Err(format!("</{name}> closes nothing")),
            },
            Piece::Text(text) => {
                contents += text.matches(CONTENT).count();
                let around = open.iter().find(|(.., is_plain)| !is_plain);
                if let (true, Some((_, text, _))) = (text.contains(CONTENT), around) {
                    return Err(format!(
                        "{text}> stands around {{{{ content }}}}: only <div> and <section> may, with \
                         no attribute but classes that begin with own-"
                    ));
                }
            }
        }
        Ok(())
    });
    // The lines of what came out are not those of the template.
    outcome.map_err(|fault| Fault::somewhere(fault.says))?;
    if let Some((_, text, _)) = open.pop() {
        return Err(Fault::somewhere(format!("{text}> is not closed")));
    }
    match contents {
        1 => Ok(links),
        0 => Err(Fault::somewhere(
            "{{ content }} is missing: the page itself stands there",
        )),
        _ => Err(Fault::somewhere(
            "{{ content }} stands there more than once",
        )),
    }
}

fn check_element(name: &str) -> Result<(), String> {
    match name {
        "script" => Err("<script>: a frame holds no script".to_owned()),
        "style" | "link" => Err(format!("<{name}>: styles stand in style.css beside it")),
        "form" | "input" | "button" | "select" | "textarea" => {
            Err(format!("<{name}>: forms stand in {{{{ content }}}} alone"))
        }
        "html" | "head" | "body" | "title" | "meta" | "base" | "main" | "h1" => {
            Err(format!("<{name}> is on every page already"))
        }
        name if ELEMENTS.contains(&name) => Ok(()),
        name => Err(format!("<{name}> has no place in a frame")),
    }
}

/// `own`: as for [`check`]; `None` while values may be filled in yet.
fn check_tag(
    name: &str,
    attributes: &[(String, Option<&str>)],
    own: Option<&[&str]>,
) -> Result<(), String> {
    check_element(name)?;
    for (attribute, value) in attributes {
        if attribute.starts_with("on") {
            return Err(format!(
                "{attribute}: an event handler; a frame holds no script"
            ));
        }
        if attribute == "style" {
            return Err("style: give the element a class, and style that in style.css".to_owned());
        }
        if !ATTRIBUTES.contains(&attribute.as_str()) {
            return Err(format!("{attribute}: no attribute of a frame"));
        }
        let value = value.unwrap_or_default();
        if value.contains(CONTENT) {
            return Err("{{ content }} stands within a tag".to_owned());
        }
        if value.contains(FILLED) {
            continue;
        }
        check_value(attribute, value, own)?;
    }
    Ok(())
}

fn check_value(attribute: &str, value: &str, own: Option<&[&str]>) -> Result<(), String> {
    match attribute {
        "href" => {
            let leads = TARGETS.iter().any(|start| value.starts_with(start));
            if !leads || value.starts_with("//") || value.contains('\\') {
                return Err(format!(
                    "{value:?} is no target of a link: it begins with https://, /, #, mailto: or tel:"
                ));
            }
        }
        "src" => {
            let is_own = |own: &[&str]| own.iter().any(|start| value.starts_with(start));
            if !own.is_some_and(is_own) || value.contains("..") {
                return Err(format!(
                    "{value:?} is loaded from elsewhere: put the file beside it, and name it with \
                     {{{{ asset(\"…\") }}}}"
                ));
            }
        }
        "target" if value != "_blank" => return Err(format!("target {value:?} is not _blank")),
        _ => {}
    }
    Ok(())
}

/// The template with everything of the engine's made unrecognizable, at the same places.
fn blanked(source: &str) -> String {
    let mut blanked = String::with_capacity(source.len());
    let mut rest = source;
    while let Some((at, end)) = [("{{", "}}"), ("{%", "%}"), ("{#", "#}")]
        .into_iter()
        .filter_map(|(start, end)| Some((rest.find(start)?, end)))
        .min()
    {
        blanked.push_str(&rest[..at]);
        let length = rest[at..]
            .find(end)
            .map_or(rest.len() - at, |to| to + end.len());
        let filled = rest[at..at + length].chars();
        blanked.extend(filled.map(|c| if c == '\n' { c } else { FILLED }));
        rest = &rest[at + length..];
    }
    blanked.push_str(rest);
    blanked
}

/// Shows every piece of a text, in order; an objection gets the line of the piece.
fn each<'a>(
    text: &'a str,
    mut see: impl FnMut(usize, Piece<'a>) -> Result<(), String>,
) -> Result<(), Fault> {
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let length = match rest.strip_prefix('<') {
            None => {
                let length = rest.find('<').unwrap_or(rest.len());
                see(at, Piece::Text(&rest[..length])).map(|()| length)
            }
            Some(tag) => piece(rest, tag).and_then(|(piece, length)| {
                see(at, piece)?;
                Ok(length)
            }),
        };
        at += length.map_err(|says| Fault::at(line_of(text, at), says))?;
    }
    Ok(())
}

/// A tag, and its length. It is read as HTML's own rules read it, and refused where these are lenient.
fn piece<'a>(rest: &'a str, tag: &'a str) -> Result<(Piece<'a>, usize), String> {
    if tag.starts_with('!') || tag.starts_with('?') {
        return Err("<!: a remark is written {# so #}".to_owned());
    }
    let (is_close, inner) = match tag.strip_prefix('/') {
        Some(inner) => (true, inner),
        None => (false, tag),
    };
    let end = inner.find(|c: char| !c.is_ascii_alphanumeric());
    let (name, mut left) = inner.split_at(end.unwrap_or(inner.len()));
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return Err("a < that begins no tag is written &lt;".to_owned());
    }
    let name = name.to_ascii_lowercase();
    let mut attributes = Vec::new();
    loop {
        let before = left.len();
        left = left.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == FILLED);
        if let Some(after) = left.strip_prefix("/>").or(left.strip_prefix('>')) {
            let length = rest.len() - after.len();
            if is_close && !attributes.is_empty() {
                return Err(format!("</{name}> has attributes"));
            }
            let piece = match is_close {
                true => Piece::Close(name),
                false => Piece::Open {
                    name,
                    attributes,
                    text: rest[..rest.len() - left.len()].trim_end(),
                },
            };
            return Ok((piece, length));
        }
        if left.is_empty() {
            return Err(format!("<{name} does not end"));
        }
        if left.len() == before {
            return Err(format!(
                "<{name}: a space is missing between its attributes"
            ));
        }
        let is_name = |c: char| c.is_ascii_alphabetic() || c == '-';
        let end = left.find(|c| !is_name(c)).unwrap_or(left.len());
        let (attribute, after) = left.split_at(end);
        if attribute.is_empty() {
            return Err(format!("<{name}: an attribute is written name=\"value\""));
        }
        left = after;
        let mut value = None;
        if let Some(after) = left.strip_prefix('=') {
            let quoted = after
                .strip_prefix('"')
                .and_then(|after| after.split_once('"'));
            let (read, after) =
                quoted.ok_or_else(|| format!("{attribute}: write its value in double quotes"))?;
            (value, left) = (Some(read), after);
        }
        attributes.push((attribute.to_ascii_lowercase(), value));
    }
}
