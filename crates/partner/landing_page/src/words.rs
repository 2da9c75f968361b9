//! What the pages say, in the language of whoever reads them. The sentences stand in `locales`.

use std::fmt;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use web::FrameWords;

use crate::Language;

const ENGLISH: &str = include_str!("../locales/en.ftl");
const GERMAN: &str = include_str!("../locales/de.ftl");
const JAPANESE: &str = include_str!("../locales/ja.ftl");

/// The sentences of each language, read once.
static SENTENCES: LazyLock<[FluentBundle<FluentResource>; 3]> =
    LazyLock::new(|| Language::ALL.map(bundle));

fn source(language: Language) -> &'static str {
    match language {
        Language::English => ENGLISH,
        Language::German => GERMAN,
        Language::Japanese => JAPANESE,
    }
}

fn bundle(language: Language) -> FluentBundle<FluentResource> {
    let mut bundle = FluentBundle::new_concurrent(vec![language.identifier()]);
    // Done by `Sentence::with`, where it matters.
    bundle.set_use_isolating(false);
    // A test holds that every file is whole.
    let sentences = FluentResource::try_new(source(language).to_owned());
    let sentences = sentences.unwrap_or_else(|(whole_entries, _)| whole_entries);
    bundle.add_resource_overriding(sentences);
    bundle
}

/// The sentences of one language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Words(pub Language);

impl Words {
    /// Of the console, which is for the partner's staff.
    pub const ENGLISH: Words = Words(Language::English);

    /// A sentence without variables.
    pub fn text(self, key: &'static str) -> String {
        self.say(key).to_string()
    }

    /// A sentence whose variables follow.
    pub fn say(self, key: &'static str) -> Sentence {
        Sentence {
            words: self,
            key,
            values: FluentArgs::new(),
        }
    }

    pub fn number(self, number: usize) -> String {
        self.0.number(number)
    }

    /// What the frame and the shared parts say.
    pub fn of_frame(self) -> FrameWords {
        FrameWords {
            skip_to_content: self.text("skip-to-content").into(),
            about_this_site: self.text("about-this-site").into(),
            optional: self.text("optional").into(),
            opens_new_window: self.text("opens-new-window").into(),
            progress: self.text("progress").into(),
            step_done: self.text("step-done").into(),
            copy: self.text("copy").into(),
            copied: self.text("copied").into(),
            copy_by_hand: self.text("copy-by-hand").into(),
        }
    }
}

/// A sentence that is being put together. It is plain text: a page escapes it.
pub(crate) struct Sentence {
    words: Words,
    key: &'static str,
    values: FluentArgs<'static>,
}

/// Part of a sentence in which links or the like stand.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    /// Name of what stands here; empty for text.
    pub place: &'static str,
    pub text: String,
}

/// Stands where a piece does, while the sentence is put together: nobody's character.
const PLACE: char = '\u{F8FF}';

impl Sentence {
    /// A name, an address, or which of several wordings is meant.
    pub fn with(mut self, name: &'static str, value: impl fmt::Display) -> Sentence {
        let value = value.to_string().replace(steers, "");
        self.values.set(name, isolated(value, self.words.0));
        self
    }

    /// A number that the wording depends on.
    pub fn count(mut self, name: &'static str, count: usize) -> Sentence {
        self.values.set(name, count);
        self
    }

    /// The sentence in pieces, around `places` that the page fills in, in whichever order the
    /// language has them.
    pub fn pieces<const N: usize>(mut self, places: &[&'static str; N]) -> Vec<Piece> {
        for (at, place) in places.iter().enumerate() {
            self.values.set(*place, format!("{PLACE}{at}{PLACE}"));
        }
        let whole = self.to_string();
        let piece = |(at, text): (usize, &str)| match at % 2 {
            0 => Piece {
                place: "",
                text: text.to_owned(),
            },
            _ => Piece {
                place: text.parse().map_or("", |place: usize| places[place]),
                text: String::new(),
            },
        };
        whole.split(PLACE).enumerate().map(piece).collect()
    }
}

impl fmt::Display for Sentence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sentences = &SENTENCES[self.words.0 as usize];
        let message = sentences.get_message(self.key);
        let Some(pattern) = message.and_then(|message| message.value()) else {
            debug_assert!(false, "there is no sentence {}", self.key);
            return f.write_str(self.key);
        };
        let mut errors = Vec::new();
        let text = sentences.format_pattern(pattern, Some(&self.values), &mut errors);
        debug_assert!(errors.is_empty(), "{}: {errors:?}", self.key);
        f.write_str(&text)
    }
}

/// Characters that a value must not bring along: the mark of a place, and those that turn the direction
/// of whatever follows them (UAX #9: embeddings, overrides, isolates).
fn steers(c: char) -> bool {
    matches!(c, PLACE | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// A value that runs against the sentence around it, as a Hebrew name does in an English one, is set
/// apart by Unicode's isolates: what `<bdi>` is for elements, and good in titles and mails too.
fn isolated(value: String, language: Language) -> String {
    let runs_left = |c: char| {
        matches!(u32::from(c), 0x590..=0x8FF | 0xFB1D..=0xFDFF | 0xFE70..=0xFEFF | 0x10800..=0x10FFF
            | 0x1E800..=0x1EFFF)
    };
    if language.direction() == "rtl" || value.chars().any(runs_left) {
        format!("\u{2068}{value}\u{2069}")
    } else {
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: Words = Words::ENGLISH;

    #[test]
    fn a_sentence_is_given_in_pieces_around_what_the_page_fills_in() {
        let pieces = WORDS.say("agree-to-terms").pieces(&["terms"]);
        let text = |place, text: &str| Piece {
            place,
            text: text.to_owned(),
        };
        assert_eq!(
            pieces,
            [text("", "I agree to the "), text("terms", ""), text("", "")]
        );
    }

    #[test]
    fn plurals_are_the_languages_own() {
        let attention = |language, count| {
            let words = Words(language);
            words
                .say("fields-need-attention")
                .count("count", count)
                .to_string()
        };
        assert_eq!(attention(Language::English, 1), "One field needs attention");
        assert_eq!(attention(Language::English, 2), "2 fields need attention");
        assert_ne!(
            attention(Language::German, 1),
            attention(Language::German, 2).replace('2', "1")
        );
        assert!(attention(Language::Japanese, 1).contains('1'));
    }

    #[test]
    fn a_name_that_runs_against_the_sentence_is_set_apart() {
        let said = |name: &str| WORDS.say("is-connected").with("name", name).to_string();
        assert_eq!(said("Brackwater"), "Brackwater is connected");
        assert_eq!(
            said("חברת הדגמה"),
            "\u{2068}חברת הדגמה\u{2069} is connected"
        );
        assert_eq!(
            said("\u{202E}Brackwater\u{2069}\u{202B}"),
            "Brackwater is connected"
        );
    }

    #[test]
    fn what_somebody_enters_is_no_place() {
        let forged = format!("{PLACE}0{PLACE}");
        let pieces = WORDS
            .say("fill-in")
            .with("label", forged)
            .pieces(&["nowhere"]);
        assert_eq!(pieces.len(), 1);
    }
}
