//! Finding listings: which ones a filter lets through, and in which order.

use protocol::Form;
use store::ListingContent;

/// What somebody looks for in the catalogue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    pub text: String,
    /// Empty: all.
    pub category: String,
    pub row: Option<Row>,
    pub connected_only: bool,
    /// Also user connections that are not available in the person's country.
    pub elsewhere: bool,
}

/// A row of the catalogue that can be shown alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Row {
    Popular,
    Enterprise,
}

/// What a filter judges a listing by.
#[derive(Clone, Copy)]
pub struct Candidate<'a> {
    pub name: &'a str,
    pub content: &'a ListingContent,
    pub enterprise: bool,
    pub connected: bool,
}

impl Filter {
    pub fn from_query(query: &Form) -> Filter {
        let text = query.get("q").unwrap_or_default().trim();
        Filter {
            text: text.chars().take(100).collect(),
            category: query.get("category").unwrap_or_default().to_owned(),
            row: match query.get("row") {
                Some("popular") => Some(Row::Popular),
                Some("enterprise") => Some(Row::Enterprise),
                _ => None,
            },
            connected_only: query.has("connected"),
            elsewhere: query.has("elsewhere"),
        }
    }

    /// Whether the catalogue is shown as one list of results instead of rows.
    pub fn narrows(&self) -> bool {
        !self.text.is_empty()
            || !self.category.is_empty()
            || self.row.is_some()
            || self.connected_only
    }

    /// Whether somebody in `country` is shown a listing at all: enterprise applications always
    /// (AC-03).
    pub fn shows(&self, of: Candidate<'_>, country: &str) -> bool {
        of.enterprise
            || of.connected
            || self.elsewhere
            || of
                .content
                .countries
                .iter()
                .any(|available| available.eq_ignore_ascii_case(country))
    }

    /// How well a listing matches, smaller being better; `None` when it does not.
    pub fn rank(&self, of: Candidate<'_>) -> Option<u8> {
        let category = self.category.is_empty() || of.content.categories.contains(&self.category);
        let row = match self.row {
            None => true,
            Some(Row::Popular) => of.content.popular,
            Some(Row::Enterprise) => of.enterprise,
        };
        let connected = of.connected || !self.connected_only;
        if !(category && row && connected) {
            return None;
        }
        let mut worst = 0;
        for word in self.text.to_lowercase().split_whitespace() {
            worst = worst.max(rank_word(of, word)?);
        }
        Some(worst)
    }
}

fn rank_word(of: Candidate<'_>, word: &str) -> Option<u8> {
    let holds = |text: &str| text.to_lowercase().contains(word);
    let name = of.name.to_lowercase();
    if name.starts_with(word) {
        Some(0)
    } else if name.contains(word) || holds(&of.content.partner_name) {
        Some(1)
    } else if of.content.keywords.iter().any(|keyword| holds(keyword)) {
        Some(2)
    } else if holds(&of.content.headline) || of.content.categories.iter().any(|c| holds(c)) {
        Some(3)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use store::ListingLinks;

    use super::*;

    fn content() -> ListingContent {
        let link = String::new;
        ListingContent {
            partner_name: "Pedalpath Collective".to_owned(),
            headline: "Rides measured on the way".to_owned(),
            short_description: String::new(),
            long_description: String::new(),
            prefers_request_information: false,
            endorsed: false,
            popular: true,
            categories: vec!["Mileage".to_owned()],
            offerings: Vec::new(),
            countries: vec!["DE".to_owned()],
            keywords: vec!["bicycle".to_owned()],
            links: ListingLinks {
                website: link(),
                brochure: None,
                demo_video: None,
                support: link(),
                terms: link(),
                privacy: link(),
                lead_email: link(),
            },
            screenshots: Vec::new(),
            icon: String::new(),
        }
    }

    fn filter(query: &str) -> Filter {
        Filter::from_query(&Form::parse(query.as_bytes()).unwrap())
    }

    #[test]
    fn names_partners_and_keywords_are_searched() {
        let content = content();
        let listing = Candidate {
            name: "Pedalpath",
            content: &content,
            enterprise: false,
            connected: false,
        };
        for (query, expected) in [
            ("q=PEDAL", Some(0)),
            ("q=collective", Some(1)),
            ("q=Bicycle", Some(2)),
            ("q=pedal+bicycle", Some(2)),
            ("q=pedal+train", None),
            ("category=Mileage", Some(0)),
            ("category=Parking", None),
            ("row=enterprise", None),
            ("connected=yes", None),
            ("", Some(0)),
        ] {
            assert_eq!(filter(query).rank(listing), expected, "{query}");
        }
        assert!(!filter("").narrows());
        assert!(filter("connected=yes").narrows());
    }

    #[test]
    fn ac_03_user_connections_are_shown_where_they_are_available() {
        let content = content();
        let personal = Candidate {
            name: "Pedalpath",
            content: &content,
            enterprise: false,
            connected: false,
        };
        let enterprise = Candidate {
            enterprise: true,
            ..personal
        };
        assert!(filter("").shows(personal, "de"));
        assert!(!filter("").shows(personal, "JP"));
        assert!(filter("elsewhere=yes").shows(personal, "JP"));
        assert!(filter("").shows(enterprise, "JP"));
    }
}
