//! The form "Request Information" (AC-50): what it asks, what it knows already, what it accepts.

use protocol::Form;

use crate::countries;
use crate::field_error::FieldError;
use crate::visitor::Visitor;

/// A field of the form.
pub struct LeadField {
    /// Name and id of the input.
    pub name: &'static str,
    pub label: &'static str,
    /// Type of the input.
    pub kind: &'static str,
    pub autocomplete: &'static str,
    pub required: bool,
    pub value: String,
    pub error: String,
}

/// name, label, type, autocomplete, required
const FIELDS: [(&str, &str, &str, &str, bool); 11] = [
    ("first_name", "First name", "text", "given-name", true),
    ("last_name", "Last name", "text", "family-name", true),
    ("email", "Business email", "email", "email", true),
    ("phone", "Business phone", "tel", "tel", true),
    ("company", "Company", "text", "organization", true),
    ("employees", "Number of employees", "text", "off", true),
    ("title", "Title", "text", "organization-title", false),
    ("address", "Address", "text", "street-address", false),
    ("city", "City", "text", "address-level2", false),
    ("state", "State", "text", "address-level1", false),
    ("postal_code", "Postal code", "text", "postal-code", false),
];

pub struct LeadForm {
    pub fields: Vec<LeadField>,
    /// ISO 3166, two letters.
    pub country: String,
    pub country_error: String,
    pub consent: bool,
    pub consent_error: String,
}

impl LeadForm {
    /// Filled in with what is known of the person.
    pub fn prefilled(visitor: &Visitor) -> LeadForm {
        let (user, company) = (&visitor.user, &visitor.company);
        LeadForm::with(
            |name| {
                let text = match name {
                    "first_name" => user.given_name.as_str(),
                    "last_name" => user.family_name.as_str(),
                    "email" => user.login.as_str(),
                    "company" => company.name.as_str(),
                    "employees" => return company.employees.to_string(),
                    "title" => user.title.as_str(),
                    "address" => company.address.street_address.as_str(),
                    "city" => company.address.locality.as_str(),
                    "state" => company.address.region.as_str(),
                    "postal_code" => company.address.postal_code.as_str(),
                    "country" => company.address.country.as_str(),
                    _ => "",
                };
                text.to_owned()
            },
            false,
        )
    }

    /// As it was sent, each field with what is wrong about it.
    pub fn read(form: &Form) -> LeadForm {
        let value = |name: &str| {
            let sent = form.get(name).unwrap_or_default().trim();
            sent.chars().filter(|c| !c.is_control()).collect()
        };
        let mut lead = LeadForm::with(value, form.has("consent"));
        for field in &mut lead.fields {
            field.error = objection(field).to_owned();
        }
        if countries::by_code(&lead.country).is_none() {
            lead.country_error = "Choose a country from the list.".to_owned();
        }
        if !lead.consent {
            lead.consent_error =
                "Tick the box, so that the partner may answer you. Without it nothing is sent."
                    .to_owned();
        }
        lead
    }

    fn with(value: impl Fn(&str) -> String, consent: bool) -> LeadForm {
        let field = |(name, label, kind, autocomplete, required)| LeadField {
            name,
            label,
            kind,
            autocomplete,
            required,
            value: value(name),
            error: String::new(),
        };
        LeadForm {
            fields: FIELDS.map(field).into(),
            country: value("country"),
            country_error: String::new(),
            consent,
            consent_error: String::new(),
        }
    }

    /// For the summary above the form; empty when it can be sent on.
    pub fn errors(&self) -> Vec<FieldError> {
        let fields = self.fields.iter().map(|field| (field.name, &field.error));
        let rest = [
            ("country", &self.country_error),
            ("consent", &self.consent_error),
        ];
        fields
            .chain(rest)
            .filter(|(_, error)| !error.is_empty())
            .map(|(field, error)| FieldError {
                field,
                text: error.clone(),
            })
            .collect()
    }

    pub fn value(&self, name: &str) -> &str {
        let field = self.fields.iter().find(|field| field.name == name);
        field.map_or("", |field| &field.value)
    }

    /// Labels and values of what was filled in, in the form's order.
    pub fn answers(&self) -> Vec<(String, String)> {
        let country = countries::by_code(&self.country).map_or("", |known| known.name);
        let filled = self.fields.iter().filter(|field| !field.value.is_empty());
        let mut answers: Vec<_> = filled
            .map(|field| (field.label.to_owned(), field.value.clone()))
            .collect();
        answers.push(("Country".to_owned(), country.to_owned()));
        answers
    }
}

/// What is wrong with a field, and what to do about it; empty when nothing is.
fn objection(field: &LeadField) -> &'static str {
    let value = field.value.as_str();
    if value.is_empty() {
        return match (field.required, field.name) {
            (false, _) => "",
            (true, "first_name") => "Enter your first name.",
            (true, "last_name") => "Enter your last name.",
            (true, "email") => "Enter the email address to which the partner replies.",
            (true, "phone") => {
                "Enter a phone number with its country code, for example +44 113 496 0000."
            }
            (true, "company") => "Enter the name of your company.",
            (true, _) => "Enter how many people work at your company; an estimate will do.",
        };
    }
    if value.chars().count() > 200 {
        return "Shorten this to 200 characters.";
    }
    match field.name {
        "email" if !is_email(value) => {
            "This is not a whole email address. Enter it with a domain, for example name@company.example."
        }
        "phone" if value.chars().filter(char::is_ascii_digit).count() < 6 => {
            "Enter a phone number with its country code, for example +44 113 496 0000."
        }
        "employees" if !is_count(value) => "Enter a number of people, for example 214.",
        _ => "",
    }
}

fn is_email(value: &str) -> bool {
    let domain = value.rsplit_once('@').map_or("", |(_, domain)| domain);
    mail::is_address(value) && domain.contains('.')
}

fn is_count(value: &str) -> bool {
    let digits: String = value
        .chars()
        .filter(|c| !matches!(c, ',' | '.' | ' '))
        .collect();
    digits.parse::<u32>().is_ok_and(|number| number > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMPLETE: &str = "first_name=Maren&last_name=Holloway&email=maren%40b.example\
        &phone=%2B1+614+555+0100&company=Brackwater&employees=1%2C214&country=US&consent=yes";

    fn objections(form: &str) -> Vec<&'static str> {
        let read = LeadForm::read(&Form::parse(form.as_bytes()).unwrap());
        read.errors().iter().map(|error| error.field).collect()
    }

    #[test]
    fn ac_50_what_is_required_is_asked_for() {
        assert!(objections(COMPLETE).is_empty());
        assert_eq!(
            objections(""),
            [
                "first_name",
                "last_name",
                "email",
                "phone",
                "company",
                "employees",
                "country",
                "consent"
            ]
        );
    }

    #[test]
    fn what_cannot_be_used_is_named() {
        for (from, to, field) in [
            ("maren%40b.example", "maren%40b", "email"),
            ("maren%40b.example", "a%40b.example%0D%0ABcc:x", "email"),
            ("%2B1+614+555+0100", "call+me", "phone"),
            ("1%2C214", "many", "employees"),
            ("country=US", "country=XX", "country"),
        ] {
            assert_eq!(objections(&COMPLETE.replace(from, to)), [field]);
        }
    }
}
