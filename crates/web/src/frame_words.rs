use std::borrow::Cow;

type Word = Cow<'static, str>;

/// What the frame of a page and its parts say by themselves, in the language of the page.
#[derive(Clone, Debug)]
pub struct FrameWords {
    pub skip_to_content: Word,
    /// Name of the links at the foot, for screen readers.
    pub about_this_site: Word,
    /// After the label of a field that may stay empty.
    pub optional: Word,
    /// After a link, for screen readers.
    pub opens_new_window: Word,
    /// Name of the stepper, for screen readers.
    pub progress: Word,
    /// Before a step that is done, for screen readers.
    pub step_done: Word,
    pub copy: Word,
    pub copied: Word,
    pub copy_by_hand: Word,
}

impl Default for FrameWords {
    /// In English.
    fn default() -> FrameWords {
        FrameWords {
            skip_to_content: "Skip to content".into(),
            about_this_site: "About this site".into(),
            optional: "(optional)".into(),
            opens_new_window: "(opens a new window)".into(),
            progress: "Progress".into(),
            step_done: "Done:".into(),
            copy: "Copy".into(),
            copied: "Copied".into(),
            copy_by_hand: "Select and copy it by hand".into(),
        }
    }
}
