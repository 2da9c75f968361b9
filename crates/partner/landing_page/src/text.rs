use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor};

use crate::Language;
use crate::words::Words;

/// What an app's pages say of the app itself: one text for all languages, or one for each of them.
///
/// In a configuration a string, or a table like `{ en = "Your books", de = "Ihre Bücher" }`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text(Given);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Given {
    Once(String),
    Each(BTreeMap<Language, String>),
}

impl Text {
    pub fn of_each(texts: impl IntoIterator<Item = (Language, String)>) -> Text {
        Text(Given::Each(texts.into_iter().collect()))
    }

    /// The text, where it is one for all languages.
    pub(crate) fn once(&self) -> Option<&str> {
        match &self.0 {
            Given::Once(text) => Some(text),
            Given::Each(_) => None,
        }
    }

    /// What is made of each text, as of the name of a file what stands in it.
    pub(crate) fn each<E>(&self, make: impl Fn(&str) -> Result<String, E>) -> Result<Text, E> {
        Ok(Text(match &self.0 {
            Given::Once(text) => Given::Once(make(text)?),
            Given::Each(texts) => {
                let made = texts.iter().map(|(one, text)| Ok((*one, make(text)?)));
                Given::Each(made.collect::<Result<_, E>>()?)
            }
        }))
    }

    /// In the language of the page.
    pub(crate) fn of(&self, words: &Words) -> &str {
        match &self.0 {
            Given::Once(text) => text,
            Given::Each(texts) => texts.get(&words.0).map_or("", String::as_str),
        }
    }

    /// In whichever language comes first: what answers are kept under, so that they stay the same
    /// whatever language somebody reads.
    pub(crate) fn kept(&self) -> &str {
        match &self.0 {
            Given::Once(text) => text,
            Given::Each(texts) => texts.values().next().map_or("", String::as_str),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.kept().trim().is_empty()
    }

    /// Refuses a text that some language of the app lacks, or that is in one which it does not speak.
    pub(crate) fn check(&self, what: &str, languages: &[Language]) -> Result<(), String> {
        let Given::Each(texts) = &self.0 else {
            return Ok(());
        };
        if let Some(other) = texts.keys().find(|one| !languages.contains(one)) {
            let tag = other.tag();
            return Err(format!(
                "{what} has a text in {tag:?}, which `languages` does not name"
            ));
        }
        match languages.iter().find(|one| !texts.contains_key(one)) {
            Some(missing) => Err(format!("{what} has no text in {:?}", missing.tag())),
            None => Ok(()),
        }
    }
}

impl Default for Text {
    fn default() -> Text {
        Text::from(String::new())
    }
}

impl From<String> for Text {
    fn from(text: String) -> Text {
        Text(Given::Once(text))
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Text {
        Text::from(text.to_owned())
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Text, D::Error> {
        deserializer.deserialize_any(Reading)
    }
}

struct Reading;

impl<'de> Visitor<'de> for Reading {
    type Value = Text;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, or a table of texts by language")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Text, E> {
        Ok(Text::from(text))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut table: A) -> Result<Text, A::Error> {
        let mut texts = BTreeMap::new();
        while let Some(tag) = table.next_key::<String>()? {
            let language = Language::known(&tag).map_err(A::Error::custom)?;
            texts.insert(language, table.next_value()?);
        }
        if texts.is_empty() {
            return Err(A::Error::custom("a table of texts is empty"));
        }
        Ok(Text(Given::Each(texts)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(toml: &str) -> Result<Text, String> {
        let table: Result<BTreeMap<String, Text>, _> = toml::from_str(toml);
        let table = table.map_err(|error| error.to_string())?;
        Ok(table["text"].clone())
    }

    #[test]
    fn a_text_is_one_for_all_or_one_for_each() {
        let once = read("text = 'Your books'").unwrap();
        assert_eq!(once.of(&Words(Language::Japanese)), "Your books");
        let each = read("text = { de = 'Ihre Bücher', en = 'Your books' }").unwrap();
        assert_eq!(each.of(&Words(Language::German)), "Ihre Bücher");
        assert_eq!(each.kept(), "Your books");
    }

    #[test]
    fn a_language_that_is_unknown_missing_or_not_spoken_is_told() {
        use Language::{English, German, Japanese};
        let said = read("text = { en = 'a', fr = 'b' }").unwrap_err();
        assert!(
            said.contains("there is no language \"fr\": there are en, de and ja"),
            "{said}"
        );
        assert!(read("text = {}").is_err() && read("text = 5").is_err());
        let text = read("text = { en = 'a', de = 'b' }").unwrap();
        assert_eq!(text.check("lead", &[English, German]), Ok(()));
        assert_eq!(
            text.check("lead", &[English]).unwrap_err(),
            "lead has a text in \"de\", which `languages` does not name"
        );
        assert_eq!(
            text.check("lead", &[English, German, Japanese])
                .unwrap_err(),
            "lead has no text in \"ja\""
        );
    }
}
