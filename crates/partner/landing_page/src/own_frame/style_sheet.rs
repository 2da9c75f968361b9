//! What a frame's style sheet may do: style the frame's own elements, whose classes begin with `own-`,
//! and set the tokens of ours at `:root`. Nothing in it reaches into the content.

use super::{Fault, line_of};

/// Judges a style sheet; `has`: whether a file stands beside it.
pub(super) fn check(css: &str, has: impl Fn(&str) -> bool) -> Result<(), Fault> {
    let css = without_remarks(css)?;
    let fault = |at: usize, says: String| Fault::at(line_of(&css, at), says);
    if let Some(at) = css.find('\\') {
        return Err(fault(at, "\\: write the character itself".to_owned()));
    }
    let mut groups = 0;
    let mut at = 0;
    while let Some(length) = css[at..].find(['{', '}', ';']) {
        let end = at + length;
        let prelude = css[at..end].trim();
        let begins = end - css[at..end].trim_start().len();
        match css.as_bytes()[end] {
            b'{' if prelude.starts_with('@') => {
                if !prelude.starts_with("@media") && !prelude.starts_with("@supports") {
                    let says = format!("{prelude}: there are @media and @supports");
                    return Err(fault(begins, says));
                }
                groups += 1;
                at = end + 1;
            }
            b'{' => {
                let is_root = selectors(prelude).map_err(|says| fault(begins, says))?;
                let body = &css[end + 1..];
                let length = body.find(['{', '}']).unwrap_or(body.len());
                if !body[length..].starts_with('}') {
                    let says = format!("{prelude}: rules do not stand within rules");
                    return Err(fault(begins, says));
                }
                declarations(&body[..length], is_root, &has).map_err(|says| fault(begins, says))?;
                at = end + 1 + length + 1;
            }
            b'}' if groups > 0 && prelude.is_empty() => {
                groups -= 1;
                at = end + 1;
            }
            _ => {
                let says = format!("{prelude}: nothing is loaded, and only rules stand here");
                return Err(fault(begins, says));
            }
        }
    }
    match css[at..].trim().is_empty() && groups == 0 {
        true => Ok(()),
        false => Err(fault(css.len(), "the style sheet does not end".to_owned())),
    }
}

/// Whether they name `:root`.
fn selectors(prelude: &str) -> Result<bool, String> {
    if prelude == ":root" {
        return Ok(true);
    }
    for selector in prelude.split(',') {
        let subject = selector
            .split([' ', '\n', '\t', '\r', '>', '+', '~'])
            .rfind(|part| !part.is_empty())
            .unwrap_or_default();
        let is_own = subject.contains(".own-") && !subject.contains(['(', '[', '*', '"', '\'']);
        if !is_own {
            return Err(format!(
                "{:?}: the last part of a selector has a class that begins with own-; or it is :root",
                selector.trim()
            ));
        }
    }
    Ok(false)
}

fn declarations(body: &str, is_root: bool, has: &impl Fn(&str) -> bool) -> Result<(), String> {
    let lower = body.to_ascii_lowercase();
    if let Some(word) = ["image-set(", "src(", "@", "expression(", "!important"]
        .into_iter()
        .find(|word| lower.contains(word))
    {
        return Err(format!("{word} has no place in a frame's style sheet"));
    }
    for (at, _) in lower.match_indices("url(") {
        let inner = body[at + 4..].split(')').next().unwrap_or_default();
        let name = inner.trim().trim_matches(['"', '\'']);
        if !has(name) {
            return Err(format!(
                "url({name}) is loaded from elsewhere: put the file beside it"
            ));
        }
    }
    let mut declared = body.split(';').map(str::trim).filter(|one| !one.is_empty());
    match declared.find(|one| is_root && !one.starts_with("--")) {
        Some(other) => Err(format!(":root sets tokens alone, and {other:?} is none")),
        None => Ok(()),
    }
}

/// The text with its remarks blank, at the same places.
fn without_remarks(css: &str) -> Result<String, Fault> {
    let mut plain = String::with_capacity(css.len());
    let mut rest = css;
    while let Some((before, remark)) = rest.split_once("/*") {
        plain.push_str(before);
        let Some((inner, after)) = remark.split_once("*/") else {
            return Err(Fault::at(
                line_of(css, css.len() - remark.len()),
                "a remark does not end",
            ));
        };
        plain.extend(
            format!("  {inner}  ")
                .chars()
                .map(|c| if c == '\n' { c } else { ' ' }),
        );
        rest = after;
    }
    plain.push_str(rest);
    Ok(plain)
}
