use serde::Deserialize;

use crate::Text;

/// A step of signing up that an app asks for, between the person and the agreements.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignUpStep {
    pub title: Text,
    /// A sentence under the title: why this is asked.
    #[serde(default)]
    pub lead: Text,
    pub fields: Vec<SignUpField>,
}

/// One question of a step. Ask only what the service needs (LP-31).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignUpField {
    /// In forms, exports and the console: lower-case letters, digits and underscores.
    pub name: String,
    pub label: Text,
    #[serde(default)]
    pub help: Text,
    #[serde(default)]
    pub optional: bool,
    /// One of these is chosen. Without any, a line of text is entered. An answer is kept as the first
    /// language has it.
    #[serde(default)]
    pub options: Vec<Text>,
}

impl SignUpStep {
    pub(crate) fn texts(&self) -> impl Iterator<Item = &Text> {
        let fields = self.fields.iter().flat_map(|field| {
            let asked = [&field.label, &field.help];
            asked.into_iter().chain(&field.options)
        });
        [&self.title, &self.lead].into_iter().chain(fields)
    }
}

/// Names that the pages' own fields have.
const OWN: [&str; 8] = [
    "csrf",
    "later",
    "name",
    "email",
    "password",
    "company_name",
    "terms",
    "privacy",
];
/// More would not be a short form any more.
const STEPS: usize = 5;
const FIELDS: usize = 10;

/// Finds what would only show when a page is opened.
pub(crate) fn check(steps: &[SignUpStep]) -> Result<(), String> {
    if steps.len() > STEPS {
        return Err(format!("sign_up has more than {STEPS} steps"));
    }
    let mut seen = std::collections::BTreeSet::new();
    for step in steps {
        let title = step.title.kept();
        if step.title.is_empty() {
            return Err("a step of sign_up has no title".to_owned());
        }
        if step.fields.is_empty() || step.fields.len() > FIELDS {
            return Err(format!(
                "step {title:?} has no field, or more than {FIELDS}"
            ));
        }
        for field in &step.fields {
            let name = &field.name;
            let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
            if name.is_empty() || name.len() > 40 || !name.chars().all(fits) {
                return Err(format!(
                    "{name:?} is not a field's name: lower-case letters, digits and underscores"
                ));
            }
            if OWN.contains(&name.as_str()) {
                return Err(format!("the page has a field {name} of its own"));
            }
            if !seen.insert(name.as_str()) {
                return Err(format!("two fields are called {name}"));
            }
            if field.label.is_empty() {
                return Err(format!("the field {name} has no label"));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(title: &str, names: &[&str]) -> SignUpStep {
        let field = |name: &&str| SignUpField {
            name: (*name).to_owned(),
            label: "A label".into(),
            help: Text::default(),
            optional: false,
            options: Vec::new(),
        };
        SignUpStep {
            title: title.into(),
            lead: Text::default(),
            fields: names.iter().map(field).collect(),
        }
    }

    #[test]
    fn what_could_not_be_asked_is_found_on_start() {
        assert_eq!(check(&[step("Books", &["vat_id", "size"])]), Ok(()));
        for wrong in [
            vec![step("", &["a"])],
            vec![step("Books", &[])],
            vec![step("Books", &["VAT"])],
            vec![step("Books", &["email"])],
            vec![step("Books", &["a"]), step("More", &["a"])],
            vec![step("Books", &["a"]); 6],
        ] {
            assert!(check(&wrong).is_err(), "{wrong:?}");
        }
    }
}
