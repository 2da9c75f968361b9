use askama::Template;
use web::Layout;

/// A page that asks before something is done that cannot be undone.
#[derive(Template)]
#[template(path = "console/confirm.html")]
pub(super) struct Confirm {
    pub layout: Layout,
    /// The question.
    pub title: String,
    pub about: String,
    /// What happens, in a sentence.
    pub warning: String,
    pub text: String,
    /// Where the form posts.
    pub action: String,
    pub back: String,
    pub back_label: &'static str,
    pub keep: &'static str,
    pub button: &'static str,
    pub busy: &'static str,
    /// What has to be typed.
    pub typed: Option<Typed>,
}

/// A field that keeps a click from being enough.
pub(super) struct Typed {
    pub label: String,
    pub error: String,
}
