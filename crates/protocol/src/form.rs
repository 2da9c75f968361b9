use std::collections::BTreeMap;

/// The fields of an `application/x-www-form-urlencoded` text, each at most once (S04).
#[derive(Clone, Default)]
pub struct Form(BTreeMap<String, String>);

/// Why a form is refused before anything of it is believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FormError {
    /// The named field stands in it more than once (RFC 6749 §3.2).
    Duplicate(String),
    /// It is not UTF-8 once decoded, or holds a NUL character.
    NotText,
}

impl Form {
    pub fn parse(body: &[u8]) -> Result<Form, FormError> {
        let mut fields = BTreeMap::new();
        for pair in body
            .split(|byte| *byte == b'&')
            .filter(|pair| !pair.is_empty())
        {
            let (name, value) = decode(pair)?;
            if fields.insert(name.clone(), value).is_some() {
                return Err(FormError::Duplicate(name));
            }
        }
        Ok(Form(fields))
    }

    /// The value of a field; an empty one counts as not supplied (RFC 6749 §3.2).
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }

    /// As [`Form::get`], whatever the letter case of the name (CF-14).
    pub fn get_ignoring_case(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// Whether the field is there at all, as a ticked box is.
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Every field with a value, by name (RFC 6749 §3.2: one without is as if it were not there).
    pub fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        let all = self.0.iter();
        all.map(|(name, value)| (name.as_str(), value.as_str()))
            .filter(|(_, value)| !value.is_empty())
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

fn decode(pair: &[u8]) -> Result<(String, String), FormError> {
    let mut halves = pair.splitn(2, |byte| *byte == b'=');
    let mut half = || text(halves.next().unwrap_or_default());
    Ok((half()?, half()?))
}

fn text(encoded: &[u8]) -> Result<String, FormError> {
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut rest = encoded.iter().copied();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit = || rest.next().and_then(|c| char::from(c).to_digit(16));
                let (high, low) = (digit(), digit());
                let value = high.zip(low).map(|(high, low)| high * 16 + low);
                value
                    .and_then(|value| u8::try_from(value).ok())
                    .ok_or(FormError::NotText)?
            }
            other => other,
        });
    }
    let text = String::from_utf8(bytes).map_err(|_| FormError::NotText)?;
    if text.contains('\0') {
        Err(FormError::NotText)
    } else {
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_text_survives_the_round_trip(name in "\\PC{1,12}", value in "\\PC{1,30}") {
            let body = form_urlencoded::Serializer::new(String::new())
                .append_pair(&name, &value)
                .finish();
            let form = Form::parse(body.as_bytes()).unwrap();
            prop_assert_eq!(form.get(&name), Some(value.as_str()));
        }

        #[test]
        fn s04_a_field_given_twice_is_refused(name in "[a-z_]{1,12}", a in "\\PC{0,9}", b in "\\PC{0,9}") {
            let body = form_urlencoded::Serializer::new(String::new())
                .append_pair(&name, &a).append_pair("other", "x").append_pair(&name, &b)
                .finish();
            prop_assert_eq!(Form::parse(body.as_bytes()).err(), Some(FormError::Duplicate(name)));
        }

        #[test]
        fn no_bytes_make_it_panic(body: Vec<u8>) {
            let _ = Form::parse(&body);
        }
    }

    #[test]
    fn broken_escapes_are_refused() {
        for body in ["a=%", "a=%2", "a=%zz", "a=%ff", "a=%00"] {
            assert_eq!(
                Form::parse(body.as_bytes()).err(),
                Some(FormError::NotText),
                "{body}"
            );
        }
    }

    #[test]
    fn an_empty_value_counts_as_missing() {
        let form = Form::parse(b"a=&b=1&c").unwrap();
        assert_eq!(form.get("a"), None);
        assert!(form.has("a") && form.has("c"));
    }
}
