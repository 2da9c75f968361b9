use web::PageQuery;

/// A page of a long list: the first and the last row that are shown, and where the others are.
pub(super) struct Pages {
    pub first: i64,
    pub last: i64,
    pub total: i64,
    /// Empty on the first page.
    pub previous: String,
    /// Empty on the last one.
    pub next: String,
}

/// Which page of a list is asked for, from 1 on.
#[derive(Clone, Copy)]
pub(super) struct Wanted {
    page: i64,
    size: i64,
}

impl Wanted {
    pub fn of(query: &PageQuery, size: i64) -> Wanted {
        let page = query.0.get("page").and_then(|page| page.parse().ok());
        Wanted {
            page: page.unwrap_or(1).clamp(1, 1_000_000),
            size,
        }
    }

    /// The first page.
    pub fn first(size: i64) -> Wanted {
        Wanted { page: 1, size }
    }

    pub fn offset(self) -> i64 {
        (self.page - 1) * self.size
    }

    /// The pages around this one, of `shown` rows out of `total`; `address` is that of the first.
    pub fn pages(self, shown: usize, total: i64, address: &str) -> Pages {
        let last = self.offset() + i64::try_from(shown).unwrap_or(self.size);
        let joint = if address.contains('?') { '&' } else { '?' };
        let link = |exists: bool, page: i64| match (exists, page) {
            (false, _) => String::new(),
            (true, 1) => address.to_owned(),
            (true, page) => format!("{address}{joint}page={page}"),
        };
        Pages {
            first: (self.offset() + 1).min(last),
            last,
            total,
            previous: link(self.page > 1, self.page - 1),
            next: link(last < total && shown > 0, self.page + 1),
        }
    }
}

/// An address with those of the pairs that are not empty.
pub(super) fn address(path: &str, pairs: &[(&str, &str)]) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
        query.append_pair(name, value);
    }
    match query.finish().as_str() {
        "" => path.to_owned(),
        query => format!("{path}?{query}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_survives_turning_the_page() {
        let filtered = address(
            "/console/x",
            &[("state", "lost"), ("q", "a&b"), ("app", "")],
        );
        assert_eq!(filtered, "/console/x?state=lost&q=a%26b");
        let second = Wanted { page: 2, size: 25 };
        let pages = second.pages(25, 60, &filtered);
        assert_eq!((pages.first, pages.last, pages.total), (26, 50, 60));
        assert_eq!(pages.previous, filtered);
        assert_eq!(pages.next, format!("{filtered}&page=3"));
        let last = Wanted { page: 3, size: 25 }.pages(10, 60, "/console/x");
        assert_eq!((last.last, last.next.as_str()), (60, ""));
        assert_eq!(last.previous, "/console/x?page=2");
    }
}
