/// A field of a form that came back, for the summary above it.
pub struct FieldError {
    /// Id of the input.
    pub field: &'static str,
    pub text: String,
}
