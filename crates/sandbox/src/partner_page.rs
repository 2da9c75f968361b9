//! What the landing pages of the demo say of their apps, in the languages that the seeds have.

use landing_page::{Language, Text};

use crate::listings::sentences;
use crate::seeds::{self, ListingSeed, PageSeed};

/// A page's texts, each in all of its languages.
pub struct PartnerPage {
    pub languages: Vec<Language>,
    pub shared: Vec<Text>,
    pub lead: Text,
    pub connect_summary: Vec<Text>,
    pub next_steps: Vec<Text>,
    pub trial_text: Option<Text>,
    pub contact_text: Option<Text>,
}

/// The listing's own texts are English; what else there is stands in `seeds/pages`.
pub fn of_listing(seed: &ListingSeed, platform: &str) -> PartnerPage {
    let english = PageSeed {
        shared: sentences(seed),
        page: seed.landing_page.clone(),
    };
    let others = [Language::German, Language::Japanese];
    let others = others.into_iter().filter_map(|language| {
        let found = seeds::page(&seed.slug, language.tag())?;
        Some((language, found))
    });
    let pages: Vec<_> = std::iter::once((Language::English, english))
        .chain(others)
        .collect();
    let words = |text: &String| text.replace("{platform}", platform);
    let text = |of: &dyn Fn(&PageSeed) -> Option<String>| {
        let texts = pages.iter().filter_map(|(language, page)| {
            let text = of(page)?;
            Some((*language, words(&text)))
        });
        Text::of_each(texts)
    };
    let list = |of: &dyn Fn(&PageSeed) -> &[String]| -> Vec<Text> {
        let lines = of(&pages[0].1).len();
        (0..lines)
            .map(|at| text(&|page| of(page).get(at).cloned()))
            .collect()
    };
    let english = &pages[0].1.page;
    PartnerPage {
        languages: pages.iter().map(|(language, _)| *language).collect(),
        shared: list(&|page| &page.shared),
        lead: text(&|page| Some(page.page.lead.clone())),
        connect_summary: list(&|page| &page.page.connect_summary),
        next_steps: list(&|page| &page.page.next_steps),
        trial_text: (english.trial_text.as_ref())
            .map(|_| text(&|page| page.page.trial_text.clone())),
        contact_text: (english.contact_text.as_ref())
            .map(|_| text(&|page| page.page.contact_text.clone())),
    }
}
