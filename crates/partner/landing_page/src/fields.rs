use protocol::Form;

/// What is wrong with one field of a form that comes back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FieldError {
    /// Id of the input.
    pub field: String,
    pub text: String,
}

/// The errors of a form, in the order of its fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FieldErrors(pub Vec<FieldError>);

/// The shortest password that is accepted; length is what counts, not composition.
const PASSWORD: std::ops::RangeInclusive<usize> = 12..=200;
const LINE: usize = 200;

impl FieldErrors {
    pub fn add(&mut self, field: &str, text: impl Into<String>) {
        self.0.push(FieldError {
            field: field.to_owned(),
            text: text.into(),
        });
    }

    /// The error below a field; empty when there is none.
    pub fn of(&self, field: &str) -> &str {
        let error = self.0.iter().find(|error| error.field == field);
        error.map_or("", |error| error.text.as_str())
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The title of a page whose form came back begins with "Error: ".
    pub fn title(&self, title: &str) -> String {
        if self.is_empty() {
            title.to_owned()
        } else {
            format!("Error: {title}")
        }
    }

    /// One line of text that must be there; `what` completes "Enter …".
    pub fn line(&mut self, form: &Form, field: &str, what: &str) -> String {
        let text = one_line(form.get(field).unwrap_or_default());
        if text.is_empty() {
            self.add(field, format!("Enter {what}"));
        } else if text.chars().count() > LINE {
            self.add(field, format!("Shorten {what} to {LINE} characters"));
        }
        text
    }

    /// An e-mail address, in small letters.
    pub fn email(&mut self, form: &Form, field: &str) -> String {
        let before = self.0.len();
        let text = self.line(form, field, "your work email").to_lowercase();
        if self.0.len() == before && !is_email(&text) {
            self.add(
                field,
                "Enter an email address like name@company.com: this one is not complete",
            );
        }
        text
    }

    /// A password that is being chosen.
    pub fn new_password(&mut self, password: &str, email: &str) {
        let length = password.chars().count();
        if length < *PASSWORD.start() {
            self.add(
                "password",
                format!(
                    "Choose a password of at least {} characters",
                    PASSWORD.start()
                ),
            );
        } else if length > *PASSWORD.end() {
            self.add(
                "password",
                format!("Choose a password of at most {} characters", PASSWORD.end()),
            );
        } else if password.eq_ignore_ascii_case(email) {
            self.add(
                "password",
                "Choose a password that is not your email address",
            );
        }
    }

    /// A box that must be ticked.
    pub fn ticked(&mut self, form: &Form, field: &str, text: &str) {
        if !form.has(field) {
            self.add(field, text);
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
        let mut errors = FieldErrors::default();
        let sent = form("name=++&email=Maren%40Example&password=short");
        assert_eq!(errors.line(&sent, "name", "your name"), "");
        assert_eq!(errors.email(&sent, "email"), "maren@example");
        errors.new_password("short", "maren@example");
        errors.ticked(&sent, "terms", "Agree to the terms");
        let fields: Vec<_> = errors.0.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(fields, ["name", "email", "password", "terms"]);
        assert_eq!(errors.of("name"), "Enter your name");
        assert!(errors.title("About you").starts_with("Error: "));
    }

    #[test]
    fn a_whole_form_has_no_errors() {
        let mut errors = FieldErrors::default();
        let sent = form("name=Maren%0aHolloway&email=m%40brackwater.example&terms=yes");
        assert_eq!(errors.line(&sent, "name", "your name"), "Maren Holloway");
        errors.email(&sent, "email");
        errors.new_password("correct horse battery", "m@brackwater.example");
        errors.ticked(&sent, "terms", "Agree to the terms");
        assert!(errors.is_empty());
        assert_eq!(errors.title("About you"), "About you");
    }
}
