//! What stands around every page of this site.

use web::{Layout, Link};

use crate::State;

/// The base of a page for somebody who has not signed in, or is not known.
pub fn layout(state: &State, title: &str) -> Layout {
    let mut layout = Layout::new(&state.app.settings.platform_name, title);
    layout.nav = vec![
        Link::new("App Center", "/app-center"),
        Link::new("Connections", "/app-center/connections"),
    ];
    layout
}
