//! Templates hold what a strict Content-Security-Policy allows: no inline style, script or event
//! handler, and nothing that the browser would fetch from elsewhere. A mail (`…_mail.html`) may style
//! its elements: it has no style sheet, and is read where no policy of ours holds.

use super::Finding;
use crate::sources::File;

pub fn check(files: &[File]) -> Vec<Finding> {
    files
        .iter()
        .filter(|file| file.has_extension("html"))
        .flat_map(template_findings)
        .collect()
}

fn template_findings(file: &File) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (offset, tag) in tags(&file.text) {
        let line = file.text[..offset].matches('\n').count() + 1;
        for says in objections(tag, file.name().ends_with("_mail.html")) {
            findings.push(Finding::at_line(file, line, says));
        }
    }
    findings
}

/// Every opening tag with where it begins; from `<` to `>`, quotes and template braces respected
/// as far as a `>` inside them goes.
fn tags(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.match_indices('<').filter_map(|(start, _)| {
        let tag = &text[start..];
        tag[1..]
            .starts_with(|first: char| first.is_ascii_alphabetic())
            .then_some(())?;
        let mut quoted = false;
        let end = tag.find(|character| {
            quoted ^= character == '"';
            character == '>' && !quoted
        })?;
        Some((start, &tag[..end]))
    })
}

fn objections(tag: &str, is_mail: bool) -> Vec<String> {
    let name: String = tag[1..]
        .chars()
        .take_while(char::is_ascii_alphanumeric)
        .collect();
    let name = name.to_ascii_lowercase();
    let attributes = attributes(tag);
    let has = |wanted: &str| attributes.iter().any(|(attribute, _)| attribute == wanted);
    let mut objections = Vec::new();
    if name == "script" && !has("src") {
        objections.push("inline script; put it into a file and name it with src".to_owned());
    }
    if name == "style" {
        objections.push("inline style sheet; put it into style.css".to_owned());
    }
    for (attribute, value) in &attributes {
        if attribute == "style" && !is_mail {
            objections.push("inline style; give the element a class".to_owned());
        }
        let handler = attribute
            .strip_prefix("on")
            .is_some_and(|event| event.chars().all(|c| c.is_ascii_lowercase()));
        if handler && attribute.len() > 4 {
            objections.push(format!(
                "{attribute}: inline event handler; add a listener in a script file"
            ));
        }
        let fetched =
            attribute == "src" || attribute == "srcset" || (name == "link" && attribute == "href");
        if fetched
            && (value.starts_with("http:")
                || value.starts_with("https:")
                || value.starts_with("//"))
        {
            objections.push(format!("{value} is fetched from elsewhere; serve a copy"));
        }
    }
    objections
}

/// The attributes of a tag, names in lower case; `name` and `name="value"`.
fn attributes(tag: &str) -> Vec<(String, String)> {
    let mut attributes = Vec::new();
    let mut rest = tag
        .split_once(char::is_whitespace)
        .map_or("", |(_, rest)| rest)
        .trim_start();
    while !rest.is_empty() {
        let end = rest
            .find(|c: char| c.is_whitespace() || c == '=')
            .unwrap_or(rest.len());
        let name = rest[..end].to_ascii_lowercase();
        rest = rest[end..].trim_start();
        let mut value = "";
        if let Some(after) = rest.strip_prefix('=') {
            let after = after.trim_start();
            (value, rest) = match after.strip_prefix('"') {
                Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
                None => after.split_once(char::is_whitespace).unwrap_or((after, "")),
            };
            rest = rest.trim_start();
        }
        attributes.push((name, value.trim().to_owned()));
    }
    attributes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(html: &str) -> usize {
        check(&[File::new("a.html", html)]).len()
    }

    #[test]
    fn what_the_policy_would_block_is_found() {
        assert_eq!(count("<p\n  style=\"color: red\">"), 1);
        assert_eq!(count("<button onclick=\"go()\">"), 1);
        assert_eq!(count("<script>go()</script>"), 1);
        assert_eq!(count("<style>p {}</style>"), 1);
        assert_eq!(count("<img src=\"https://example.org/a.png\">"), 1);
        assert_eq!(count("<link rel=stylesheet href=//example.org/a.css>"), 1);
    }

    #[test]
    fn what_it_allows_is_not() {
        assert_eq!(count("<script src=\"/script.js\" defer></script>"), 0);
        assert_eq!(
            count(
                "<a href=\"https://example.org/\" class=\"{% if a > b %}on{% endif %}\">on = x</a>"
            ),
            0
        );
        assert_eq!(count("<svg xmlns=\"http://www.w3.org/2000/svg\">"), 0);
        assert_eq!(count("<input name=\"one\" only>"), 0);
    }

    #[test]
    fn a_mail_brings_its_style_along_and_nothing_else() {
        let mail = |html: &str| check(&[File::new("a/otp_mail.html", html)]).len();
        assert_eq!(mail("<p style=\"color: red\">"), 0);
        assert_eq!(mail("<img src=\"https://example.org/a.png\">"), 1);
        assert_eq!(mail("<script>go()</script>"), 1);
    }

    #[test]
    fn the_line_is_told() {
        let findings = check(&[File::new("a.html", "<p>\n<i style=\"\">")]);
        assert!(findings[0].0.starts_with("a.html:2: "));
    }
}
