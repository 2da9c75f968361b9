use crate::number;

/// A number at the top of a page, grouped as in a chart.
#[derive(Clone, Debug)]
pub struct Figure {
    pub what: String,
    pub number: String,
    /// Where it leads; empty for nowhere.
    pub href: String,
}

impl Figure {
    pub fn new(what: &str, value: i64) -> Figure {
        Figure {
            what: what.to_owned(),
            number: number(u64::try_from(value).unwrap_or(0)),
            href: String::new(),
        }
    }

    pub fn leading_to(mut self, href: String) -> Figure {
        self.href = href;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Link;

    #[test]
    fn numbers_are_grouped_wherever_they_stand() {
        assert_eq!(Figure::new("Connected", 9_041).number, "9,041");
        let tab = Link::new("Connected", "/").counting(9_041);
        assert_eq!(tab.counted(), "9,041");
    }
}
