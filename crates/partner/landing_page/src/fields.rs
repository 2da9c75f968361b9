use std::fmt;

use protocol::Form;

use crate::words::Words;

/// What is wrong with one field of a form that comes back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FieldError {
    /// Id of the input.
    pub field: String,
    pub text: String,
}

/// The errors of a form, in the order of its fields, in the reader's language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FieldErrors {
    pub list: Vec<FieldError>,
    words: Words,
}

/// The shortest password that is accepted; length is what counts, not composition.
pub(crate) const LEAST: usize = 12;
const MOST: usize = 200;
pub(crate) const LINE: usize = 200;

impl FieldErrors {
    pub fn none(words: Words) -> FieldErrors {
        FieldErrors {
            list: Vec::new(),
            words,
        }
    }

    /// How many there are, in words.
    pub fn summary(&self) -> String {
        let summary = self.words.say("fields-need-attention");
        summary.count("count", self.list.len()).to_string()
    }

    pub fn add(&mut self, field: &str, text: impl fmt::Display) {
        self.list.push(FieldError {
            field: field.to_owned(),
            text: text.to_string(),
        });
    }

    /// The error below a field; empty when there is none.
    pub fn of(&self, field: &str) -> &str {
        let error = self.list.iter().find(|error| error.field == field);
        error.map_or("", |error| error.text.as_str())
    }

    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The title of a page whose form came back says so.
    pub fn title(&self, title: &str) -> String {
        if self.is_empty() {
            title.to_owned()
        } else {
            let words = self.words.say("error-title");
            words.with("title", title).to_string()
        }
    }

    /// One line of text that must be there; `what` is one that the sentences `field-…` know.
    pub fn line(&mut self, form: &Form, field: &str, what: &str) -> String {
        let missing = self.words.say("field-missing").with("what", what);
        let long = self.words.say("field-too-long").with("what", what);
        let long = long.with("most", self.words.number(LINE));
        self.entered(form, field, (missing, long))
    }

    /// One line of text that must be there, with what is said when it is not, or too long.
    pub fn entered<T: fmt::Display>(
        &mut self,
        form: &Form,
        field: &str,
        (missing, long): (T, T),
    ) -> String {
        let text = one_line(form.get(field).unwrap_or_default());
        if text.is_empty() {
            self.add(field, missing);
        } else if text.chars().count() > LINE {
            self.add(field, long);
        }
        text
    }

    /// An e-mail address, in small letters.
    pub fn email(&mut self, form: &Form, field: &str) -> String {
        let before = self.list.len();
        let text = self.line(form, field, "email").to_lowercase();
        if self.list.len() == before && !is_email(&text) {
            self.add(field, self.words.say("email-incomplete"));
        }
        text
    }

    /// A password that is being chosen.
    pub fn new_password(&mut self, password: &str, email: &str) {
        let words = self.words;
        let length = password.chars().count();
        let wrong = if length < LEAST {
            let short = words.say("password-too-short");
            short.with("least", words.number(LEAST))
        } else if length > MOST {
            let long = words.say("password-too-long");
            long.with("most", words.number(MOST))
        } else if password.eq_ignore_ascii_case(email) {
            words.say("password-is-email")
        } else {
            return;
        };
        self.add("password", wrong);
    }

    /// The boxes of the agreements, which must be ticked.
    pub fn agreed(&mut self, form: &Form) {
        let words = self.words;
        for (field, missing) in [
            ("terms", words.say("terms-not-agreed")),
            ("privacy", words.say("privacy-not-read")),
        ] {
            if !form.has(field) {
                self.add(field, missing);
            }
        }
    }
}

/// Without control characters and spaces at its ends.
pub(crate) fn one_line(text: &str) -> String {
    let spaced: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    spaced.trim().to_owned()
}

/// Whether it has the shape of an address: something, one `@`, and a name with a dot.
fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    let labels_fit = domain.split('.').count() >= 2
        && domain
            .split('.')
            .all(|label| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-'));
    let plain = |c: char| !c.is_whitespace() && !matches!(c, '@' | '<' | '>' | '"' | ',' | ';');
    !local.is_empty() && local.chars().all(plain) && domain.chars().all(plain) && labels_fit
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(body: &str) -> Form {
        Form::parse(body.as_bytes()).unwrap()
    }

    #[test]
    fn addresses_are_told_from_what_is_none() {
        for good in [
            "a@b.example",
            "maren.o'neil+x@mail.brackwater.example",
            "ü@köln.example",
        ] {
            assert!(is_email(good), "{good}");
        }
        for bad in [
            "",
            "a",
            "a@b",
            "@b.example",
            "a@b..example",
            "a b@c.example",
            "a@b@c.example",
            "a@-b.example",
        ] {
            assert!(!is_email(bad), "{bad}");
        }
    }

    #[test]
    fn a_form_comes_back_with_every_error_at_its_field() {
        let mut errors = FieldErrors::none(Words::ENGLISH);
        let sent = form("name=++&email=Maren%40Example&password=short");
        assert_eq!(errors.line(&sent, "name", "name"), "");
        assert_eq!(errors.email(&sent, "email"), "maren@example");
        errors.new_password("short", "maren@example");
        errors.agreed(&sent);
        let fields: Vec<_> = errors
            .list
            .iter()
            .map(|error| error.field.as_str())
            .collect();
        assert_eq!(fields, ["name", "email", "password", "terms", "privacy"]);
        assert_eq!(errors.of("name"), "Enter your name");
        assert!(errors.title("About you").starts_with("Error: "));
    }

    #[test]
    fn a_whole_form_has_no_errors() {
        let mut errors = FieldErrors::none(Words::ENGLISH);
        let sent = form("name=Maren%0aHolloway&email=m%40brackwater.example&terms=yes&privacy=yes");
        assert_eq!(errors.line(&sent, "name", "name"), "Maren Holloway");
        errors.email(&sent, "email");
        errors.new_password("correct horse battery", "m@brackwater.example");
        errors.agreed(&sent);
        assert!(errors.is_empty());
        assert_eq!(errors.title("About you"), "About you");
    }
}
