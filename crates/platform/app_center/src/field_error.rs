/// A field of a form that came back, for the summary above it.
pub struct FieldError {
    /// Id of the input.
    pub field: &'static str,
    pub text: String,
}

/// A reason of the store's as a page tells it: with its capital and its full stop.
pub fn sentence(why: &str) -> String {
    let mut rest = why.chars();
    let first = rest.next().map(|letter| letter.to_uppercase().to_string());
    format!("{}{}.", first.unwrap_or_default(), rest.as_str())
}
