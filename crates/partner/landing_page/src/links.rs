/// Where the links of an app's landing pages lead: to pages of this site, or to addresses elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppLinks {
    pub terms: String,
    pub privacy: String,
    pub support: String,
    pub help: String,
    /// The form for inquiries (LP-21).
    pub inquiry: String,
}

impl AppLinks {
    /// All of them pages of this site.
    pub fn own(slug: &str) -> AppLinks {
        let page = |name: &str| format!("/{slug}/{name}");
        AppLinks {
            terms: page("terms"),
            privacy: page("privacy"),
            support: page("support"),
            help: page("help"),
            inquiry: format!("/connect/{slug}/contact"),
        }
    }

    /// Of one of the documents that every landing page links.
    pub(crate) fn of(&self, document: &str) -> &str {
        match document {
            "terms" => &self.terms,
            "privacy" => &self.privacy,
            "support" => &self.support,
            _ => &self.help,
        }
    }

    pub(crate) fn set(&mut self, document: &str, address: &str) {
        let link = match document {
            "terms" => &mut self.terms,
            "privacy" => &mut self.privacy,
            "support" => &mut self.support,
            _ => &mut self.help,
        };
        address.clone_into(link);
    }
}
