//! What stands around every page of this site.

use web::{Layout, LayoutUser, Link, initials};

use crate::State;
use crate::visitor::Visitor;

/// The base of a page for somebody who has not signed in, or is not known.
pub fn layout(state: &State, title: &str) -> Layout {
    let mut layout = Layout::new(&state.app.settings.platform_name, title);
    layout.brand_href = "/app-center".to_owned();
    layout.footer = vec![
        Link::new("Help", "/app-center/help"),
        Link::new("Terms of use", "/legal/end_user_terms"),
        Link::new("Privacy statement", "/legal/processor_privacy"),
    ];
    if let Some(outbox) = &state.app.settings.demo_outbox {
        let link = Link::new("Mails of this demo", outbox.as_str());
        layout.footer.push(link);
    }
    layout
}

/// The base of a page for somebody who has signed in. `current` is the label of the part of the
/// site that the page belongs to.
pub fn layout_for(state: &State, visitor: &Visitor, title: &str, current: &str) -> Layout {
    let name = visitor.user.full_name();
    let mut entries = vec![
        Link::new("App Center", "/app-center"),
        Link::new("Connections", "/app-center/connections"),
    ];
    if visitor.user.web_services_admin {
        entries.push(Link::new("Administration", "/administration"));
    }
    let mut layout = layout(state, title);
    layout.nav = entries
        .into_iter()
        .map(|entry| {
            let here = entry.label == current;
            entry.current_if(here)
        })
        .collect();
    layout.user = Some(LayoutUser {
        initials: initials(&name),
        name,
        company: visitor.company.name.clone(),
    });
    layout.csrf = visitor.csrf.clone();
    layout
}
