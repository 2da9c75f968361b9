use std::ops::Range;

use protocol::Form;

/// Cards on a page.
pub const PAGE: usize = 24;

/// Which part of a long list is shown, and the addresses of the parts beside it.
#[derive(Debug, PartialEq, Eq)]
pub struct Paging {
    page: usize,
    pub total: usize,
    /// The query without its page.
    query: String,
}

impl Paging {
    /// The page that the query asks for, or the nearest that there is.
    pub fn new(query: &Form, total: usize) -> Paging {
        let last = total.div_ceil(PAGE).max(1);
        let wanted = query.get("page").and_then(|page| page.parse().ok());
        let mut rest = url::form_urlencoded::Serializer::new(String::new());
        for name in query.names().filter(|name| *name != "page") {
            rest.append_pair(name, query.get(name).unwrap_or_default());
        }
        Paging {
            page: wanted.unwrap_or(1).clamp(1, last),
            total,
            query: rest.finish(),
        }
    }

    pub fn range(&self) -> Range<usize> {
        let start = (self.page - 1) * PAGE;
        start..(start + PAGE).min(self.total)
    }

    pub fn is_first(&self) -> bool {
        self.page == 1
    }

    pub fn is_needed(&self) -> bool {
        self.total > PAGE
    }

    /// The number of the first entry shown, as people count.
    pub fn first(&self) -> usize {
        self.range().start + 1
    }

    pub fn last(&self) -> usize {
        self.range().end
    }

    pub fn previous(&self) -> String {
        self.href(self.page > 1, self.page - 1)
    }

    pub fn next(&self) -> String {
        self.href(self.range().end < self.total, self.page + 1)
    }

    fn href(&self, exists: bool, page: usize) -> String {
        match (exists, self.query.is_empty()) {
            (false, _) => String::new(),
            (true, true) => format!("?page={page}"),
            (true, false) => format!("?{}&page={page}", self.query),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paging(query: &str, total: usize) -> Paging {
        Paging::new(&Form::parse(query.as_bytes()).unwrap(), total)
    }

    #[test]
    fn pages_hold_24_and_keep_the_filter() {
        let second = paging("page=2&q=a%26b", 50);
        assert_eq!(second.range(), 24..48);
        assert_eq!(second.previous(), "?q=a%26b&page=1");
        assert_eq!(second.next(), "?q=a%26b&page=3");
        assert_eq!(paging("page=99", 50).range(), 48..50);
        assert_eq!(paging("page=0", 50).range(), 0..24);
        assert_eq!(paging("page=x", 0).range(), 0..0);
        assert_eq!(paging("", 24).next(), "");
    }
}
