use protocol::Form;

use crate::fields::{FieldErrors, LINE};

impl FieldErrors {
    /// [`FieldErrors::line`] of the console, which is in English: `what` completes "Enter …".
    pub(super) fn line_of_staff(&mut self, form: &Form, field: &str, what: &str) -> String {
        let missing = format!("Enter {what}");
        let long = format!("Shorten {what} to {LINE} characters");
        self.entered(form, field, (missing, long))
    }
}
