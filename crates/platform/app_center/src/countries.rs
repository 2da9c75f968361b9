//! The countries of ISO 3166, and the four regions in which listings group them (reference §5.3).

use std::sync::LazyLock;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Country {
    /// Two capital letters.
    pub code: &'static str,
    pub name: &'static str,
    region: &'static str,
}

/// A region, and those of its countries in which an app is available.
#[derive(Debug, PartialEq, Eq)]
pub struct Region {
    pub name: &'static str,
    pub countries: Vec<&'static str>,
}

const REGIONS: [(&str, &str); 4] = [
    ("asia-pacific", "Asia Pacific"),
    ("europe-africa", "Europe, Middle East and Africa"),
    ("latin-america", "Latin America"),
    ("north-america", "North America"),
];

/// One line each: code, region, name; sorted by name.
static COUNTRIES: LazyLock<Vec<Country>> = LazyLock::new(|| {
    let lines = include_str!("countries.txt").lines();
    lines
        .filter_map(|line| {
            let mut parts = line.splitn(3, ' ');
            Some(Country {
                code: parts.next()?,
                region: parts.next()?,
                name: parts.next()?,
            })
        })
        .collect()
});

/// Every country, by name.
pub fn all() -> &'static [Country] {
    &COUNTRIES
}

pub fn by_code(code: &str) -> Option<Country> {
    all()
        .iter()
        .find(|country| country.code.eq_ignore_ascii_case(code))
        .copied()
}

/// The regions in which any of `codes` lies, each with the names of those countries.
pub fn regions(codes: &[String]) -> Vec<Region> {
    let available = |country: &&Country| {
        codes
            .iter()
            .any(|code| code.eq_ignore_ascii_case(country.code))
    };
    REGIONS
        .into_iter()
        .map(|(key, name)| Region {
            name,
            countries: all()
                .iter()
                .filter(|country| country.region == key)
                .filter(available)
                .map(|country| country.name)
                .collect(),
        })
        .filter(|region| !region.countries.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_country_lies_in_a_region() {
        assert_eq!(all().len(), 248);
        for country in all() {
            assert!(REGIONS.iter().any(|(key, _)| *key == country.region));
            assert_eq!(country.code.len(), 2);
        }
    }

    #[test]
    fn countries_are_grouped_and_named() {
        let codes = ["US", "DE", "de", "XX", "JP", "CH"].map(str::to_owned);
        let found = regions(&codes);
        assert_eq!(found.len(), 3);
        assert_eq!(found[1].name, "Europe, Middle East and Africa");
        assert_eq!(found[1].countries, ["Germany", "Switzerland"]);
    }
}
