use std::fmt;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd, html};

/// Mark-up that is safe to put into a page as it is.
#[derive(Clone, Debug, Default)]
pub struct Markup(String);

impl Markup {
    /// What a template of this crate was rendered to.
    pub(crate) fn of(rendered: askama::Result<String>) -> Markup {
        Markup(rendered.unwrap_or_default())
    }
}

impl fmt::Display for Markup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl askama::filters::HtmlSafe for Markup {}

/// Renders a partner's text: paragraphs, emphasis, lists, headings, tables and links.
///
/// Raw HTML is shown as the text it is, images are dropped, and a link stays a link only when it
/// leads to https, mail, or an absolute path, which is taken relative to `base`.
pub fn markdown(text: &str, base: &str) -> Markup {
    let events = Parser::new_ext(text, Options::ENABLE_TABLES).filter_map(|event| match event {
        Event::Html(raw) | Event::InlineHtml(raw) => Some(Event::Text(raw)),
        Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => None,
        Event::Start(Tag::Link {
            link_type,
            dest_url,
            title,
            id,
        }) => {
            let dest_url = safe_target(&dest_url, base).into();
            Some(Event::Start(Tag::Link {
                link_type,
                dest_url,
                title,
                id,
            }))
        }
        other => Some(other),
    });
    let mut rendered = String::new();
    html::push_html(&mut rendered, events);
    Markup(rendered)
}

fn safe_target(target: &str, base: &str) -> String {
    let path = target.starts_with('/') && !target.starts_with("//") && !target.contains('\\');
    if path {
        format!("{base}{target}")
    } else if target.starts_with("https://") || target.starts_with("mailto:") {
        target.to_owned()
    } else {
        "#".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_a_partner_writes_becomes_active() {
        let text = "[x](javascript:alert(1)) <script>alert(1)</script> ![i](/x.png) <b onclick=x>";
        let html = markdown(text, "https://p.example").to_string();
        assert!(
            !html.contains("<script") && !html.contains("<b") && !html.contains("<img"),
            "{html}"
        );
        assert!(!html.contains("javascript"), "{html}");
    }

    #[test]
    fn paths_lead_to_the_partner() {
        let html = markdown("**See** [help](/help)", "https://p.example").to_string();
        assert_eq!(
            html.trim(),
            "<p><strong>See</strong> <a href=\"https://p.example/help\">help</a></p>"
        );
    }
}
