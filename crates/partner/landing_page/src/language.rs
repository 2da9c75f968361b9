use serde::Deserialize;
use unic_langid::{CharacterDirection, LanguageIdentifier};

/// A language in which landing pages are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub enum Language {
    English,
    German,
    Japanese,
}

impl TryFrom<String> for Language {
    type Error = String;

    fn try_from(tag: String) -> Result<Language, String> {
        Language::known(&tag)
    }
}

impl Language {
    pub const ALL: [Language; 3] = [Language::English, Language::German, Language::Japanese];

    /// As `lang`, `Content-Language` and configurations spell it (BCP 47).
    pub fn tag(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::German => "de",
            Language::Japanese => "ja",
        }
    }

    pub fn of_tag(tag: &str) -> Option<Language> {
        Language::ALL.into_iter().find(|known| known.tag() == tag)
    }

    /// The same, or a sentence that says which there are.
    pub(crate) fn known(tag: &str) -> Result<Language, String> {
        let known = Language::of_tag(tag);
        known.ok_or_else(|| format!("there is no language {tag:?}: there are en, de and ja"))
    }

    /// As those call it who speak it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Language::English => "English",
            Language::German => "Deutsch",
            Language::Japanese => "日本語",
        }
    }

    /// For plurals.
    pub(crate) fn identifier(self) -> LanguageIdentifier {
        let parsed = self.tag().parse();
        parsed.expect("the tags are well-formed")
    }

    /// `ltr` or `rtl`.
    pub(crate) fn direction(self) -> &'static str {
        direction(&self.identifier())
    }

    /// `4,000`, or `4.000` in German.
    pub(crate) fn number(self, number: usize) -> String {
        let grouped = web::number(number as u64);
        match self {
            Language::German => grouped.replace(',', "."),
            _ => grouped,
        }
    }
}

fn direction(language: &LanguageIdentifier) -> &'static str {
    match language.character_direction() {
        CharacterDirection::RTL => "rtl",
        _ => "ltr",
    }
}

/// The language of an answer: what the visitor has chosen, then what the browser asks for
/// (`Accept-Language`, RFC 9110 §12.5.4), then the first of those offered.
pub(crate) fn negotiate(
    chosen: Option<&str>,
    accepted: Option<&str>,
    offered: &[Language],
) -> Language {
    let offered_tag = |tag: &str| offered.iter().copied().find(|one| one.tag() == tag);
    let chosen = chosen.and_then(offered_tag);
    let accepted = || {
        ranked(accepted?)
            .into_iter()
            .find_map(|tag| offered_tag(&tag))
    };
    let first = offered.first().copied();
    chosen
        .or_else(accepted)
        .or(first)
        .unwrap_or(Language::English)
}

/// Primary subtags of an `Accept-Language`, the most wanted first.
fn ranked(header: &str) -> Vec<String> {
    let mut wanted: Vec<(String, f32)> = header
        .split(',')
        .filter_map(|range| {
            let (tag, weight) = match range.split_once(';') {
                Some((tag, weight)) => (tag, weight.trim().strip_prefix("q=")?.parse().ok()?),
                None => (range, 1.0),
            };
            let primary = tag.trim().split('-').next()?.to_ascii_lowercase();
            (weight > 0.0).then_some((primary, weight))
        })
        .collect();
    wanted.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    wanted.into_iter().map(|(tag, _)| tag).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_goes_before_the_browser_and_the_browser_before_the_app() {
        use Language::{English, German, Japanese};
        let all = [English, German, Japanese];
        assert_eq!(negotiate(Some("ja"), Some("de"), &all), Japanese);
        assert_eq!(negotiate(Some("fr"), Some("de-AT,de;q=0.9"), &all), German);
        assert_eq!(
            negotiate(None, Some("fr, en;q=0.1, ja;q=0.8"), &all),
            Japanese
        );
        assert_eq!(negotiate(None, Some("de;q=0, *"), &[German]), German);
        assert_eq!(negotiate(None, Some("de;q=0, en;q=0.1"), &all), English);
        assert_eq!(negotiate(Some("de"), Some("de"), &[Japanese]), Japanese);
        assert_eq!(negotiate(None, Some(";;q=x,,"), &[German, English]), German);
        assert_eq!(negotiate(None, None, &[]), English);
    }

    #[test]
    fn the_direction_is_the_scripts() {
        for language in Language::ALL {
            assert_eq!(language.direction(), "ltr");
            assert_eq!(language.identifier().to_string(), language.tag());
            assert_eq!(Language::of_tag(language.tag()), Some(language));
        }
        assert_eq!(direction(&"ar".parse().unwrap()), "rtl");
        assert_eq!(direction(&"he".parse().unwrap()), "rtl");
    }

    #[test]
    fn numbers_are_grouped_as_the_language_does() {
        assert_eq!(Language::German.number(4_000), "4.000");
        assert_eq!(Language::Japanese.number(4_000), "4,000");
    }
}
