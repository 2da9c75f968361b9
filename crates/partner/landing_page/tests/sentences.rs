//! The sentences of the pages: whole in every language, used, and nowhere else.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use fluent_syntax::parser;

type Sentences = BTreeMap<String, BTreeSet<String>>;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

fn source(language: &str) -> String {
    read(&root().join(format!("locales/{language}.ftl")))
}

/// The keys of a language, each with its variables.
fn sentences(language: &str) -> Sentences {
    let source = source(language);
    let parsed = parser::parse(source.as_str());
    let resource = parsed.unwrap_or_else(|(_, errors)| panic!("{language}: {errors:?}"));
    let mut found = Sentences::new();
    for entry in &resource.body {
        match entry {
            Entry::Message(message) => {
                let key = message.id.name.to_owned();
                let mut variables = BTreeSet::new();
                pattern(message.value.as_ref().unwrap(), &mut variables);
                assert!(
                    found.insert(key, variables).is_none(),
                    "{language}: {} stands there twice",
                    message.id.name
                );
            }
            Entry::Comment(_) | Entry::GroupComment(_) | Entry::ResourceComment(_) => {}
            other => panic!("{language}: {other:?}"),
        }
    }
    found
}

fn pattern(pattern: &Pattern<&str>, found: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        if let PatternElement::Placeable { expression: placed } = element {
            expression(placed, found);
        }
    }
}

fn expression(placed: &Expression<&str>, found: &mut BTreeSet<String>) {
    match placed {
        Expression::Inline(one) => inline(one, found),
        Expression::Select { selector, variants } => {
            inline(selector, found);
            for variant in variants {
                pattern(&variant.value, found);
            }
        }
    }
}

fn inline(one: &InlineExpression<&str>, found: &mut BTreeSet<String>) {
    match one {
        InlineExpression::VariableReference { id } => {
            found.insert(id.name.to_owned());
        }
        InlineExpression::Placeable { expression: placed } => expression(placed, found),
        other => panic!("sentences hold variables and nothing else: {other:?}"),
    }
}

/// Files of the landing pages: the console, and what tests alone read, are left out.
fn files(ending: &str) -> Vec<(PathBuf, String)> {
    let mut folders = vec![root().join("src")];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.ends_with("console") {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == ending) {
                let text = read(&path);
                let (text, _) = text.split_once("#[cfg(test)]").unwrap_or((&text, ""));
                found.push((path, text.to_owned()));
            }
        }
    }
    if ending == "html" {
        for shared in ["landing.html", "language_switch.html"] {
            let path = root().join("../../web/templates").join(shared);
            found.push((path.clone(), read(&path)));
        }
    }
    assert!(found.len() > 10);
    found
}

/// What stands between quotation marks, line by line.
fn literals(text: &str) -> Vec<&str> {
    let code = |line: &&str| !line.trim_start().starts_with("//");
    let lines = text.lines().filter(code);
    lines
        .flat_map(|line| line.split('"').skip(1).step_by(2))
        .collect()
}

#[test]
fn every_language_has_every_sentence_with_the_same_variables() {
    let english = sentences("en");
    assert!(english.len() > 200, "{}", english.len());
    for language in ["de", "ja"] {
        let other = sentences(language);
        let missing: Vec<_> = english
            .keys()
            .filter(|key| !other.contains_key(*key))
            .collect();
        let unknown: Vec<_> = other
            .keys()
            .filter(|key| !english.contains_key(*key))
            .collect();
        assert!(
            missing.is_empty() && unknown.is_empty(),
            "{language} lacks {missing:?} and has besides {unknown:?}"
        );
        for (key, variables) in &english {
            assert_eq!(variables, &other[key], "{language}: {key}");
        }
    }
    for language in ["en", "de", "ja"] {
        let source = source(language);
        let sentences = source.lines().filter(|line| !line.starts_with('#'));
        for line in sentences {
            assert!(!line.contains(['<', '&']), "{language}: {line}");
        }
    }
}

#[test]
fn every_sentence_is_used_and_no_other_is_asked_for() {
    let english = sentences("en");
    let mut files = files("html");
    files.extend(self::files("rs"));
    let mut used = BTreeSet::new();
    for (path, text) in &files {
        let (_, values) = without(text, "{{", "}}");
        let (_, blocks) = without(text, "{%", "%}");
        for code in values.iter().chain(&blocks).chain([text]) {
            used.extend(literals(code).into_iter().map(str::to_owned));
        }
        for call in ["text(\"", "say(\"", "says(\""] {
            for (_, rest) in text.match_indices(call).map(|(at, _)| text.split_at(at)) {
                let key = rest[call.len()..].split('"').next().unwrap();
                assert!(english.contains_key(key), "{}: {key}", path.display());
            }
        }
    }
    let unused: Vec<_> = english.keys().filter(|key| !used.contains(*key)).collect();
    assert!(unused.is_empty(), "nobody says {unused:?}");
}

/// Cuts out what stands between two marks, and gives the rest and what was cut.
fn without(text: &str, begin: &str, end: &str) -> (String, Vec<String>) {
    let (mut rest, mut cut, mut left) = (String::new(), Vec::new(), text);
    while let Some((before, after)) = left.split_once(begin) {
        let Some((inside, after)) = after.split_once(end) else {
            rest.push_str(before);
            return (rest, cut);
        };
        rest.push_str(before);
        cut.push(inside.to_owned());
        left = after;
    }
    rest.push_str(left);
    (rest, cut)
}

/// Attributes whose values are read to people.
const SPOKEN: [&str; 6] = [
    "alt=",
    "aria-label=",
    "title=",
    "placeholder=",
    "data-busy=",
    "data-copied=",
];
/// Shows the shape of a code, in any language.
const SHAPE: &str = "xxxx-xxxx-xxxx-xxxx";

#[test]
fn templates_hold_no_sentence_of_their_own() {
    for (path, text) in files("html") {
        let place = path.display();
        let (text, _) = without(&text, "{#", "#}");
        // Names of classes.
        let (text, _) = without(&text, "{% block page_class %}", "{% endblock %}");
        let (text, blocks) = without(&text, "{%", "%}");
        let (text, values) = without(&text, "{{", "}}");
        for code in blocks.iter().chain(&values) {
            for literal in literals(code) {
                let spoken = literal.contains(' ') || literal.starts_with(char::is_uppercase);
                assert!(!spoken, "{place}: {literal:?}");
            }
        }
        let (text, tags) = without(&text, "<", ">");
        let letters: String = text.chars().filter(|c| c.is_alphabetic()).collect();
        assert_eq!(letters, "", "{place}");
        for tag in &tags {
            for name in SPOKEN {
                let value = tag.split_once(&format!(" {name}\""));
                let value = value.map_or("", |(_, rest)| rest.split('"').next().unwrap());
                let speaks = value != SHAPE && value.contains(char::is_alphabetic);
                assert!(!speaks, "{place}: {name}{value}");
            }
        }
    }
}

#[test]
fn handlers_hold_no_sentence_of_their_own() {
    // Mails to the partner's staff are in English, as the console is.
    let (mut seen, of_staff) = (0, ["inquiry_watch.rs"]);
    for (path, text) in files("rs") {
        if of_staff.iter().any(|file| path.ends_with(file)) {
            continue;
        }
        for literal in literals(&text) {
            seen += 1;
            let mut letters = literal.chars();
            let begins = letters.next().is_some_and(|c| c.is_ascii_uppercase());
            let goes_on = letters.next().is_some_and(|c| c.is_ascii_lowercase());
            let spoken = begins && goes_on && literal.contains(' ');
            assert!(!spoken, "{}: {literal:?}", path.display());
        }
    }
    assert!(seen > 300, "{seen}");
}
