//! The mails that a demo has sent.

use std::path::PathBuf;

use mail::outbox::{self, Mail};

use crate::House;

impl House {
    fn outbox(&self) -> PathBuf {
        self.data_dir().join("outbox")
    }

    /// All mails, newest last.
    pub fn mails(&self) -> Vec<Mail> {
        let folder = self.outbox();
        let names = outbox::names(&folder).expect("the outbox can be read");
        let read = |name: &String| {
            let mail = outbox::read(&folder, name).expect("the mail can be read");
            mail.expect("it is a mail")
        };
        names.iter().map(read).collect()
    }

    /// Nothing can be put into the outbox: a file stands where the folder was. Mails that were there
    /// are gone.
    pub fn break_outbox(&self) {
        std::fs::remove_dir_all(self.outbox()).expect("the folder is there");
        std::fs::write(self.outbox(), "").expect("it can be written");
    }

    pub fn mend_outbox(&self) {
        std::fs::remove_file(self.outbox()).expect("the file is there");
    }
}
