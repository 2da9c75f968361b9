use std::time::Duration;

use hosting::ConfigError;
use landing_page::InquirySettings;
use protocol::HOUR;
use serde::Deserialize;

use crate::wrong;

const ABOUT: &str = "inquiries";

/// Who is told of inquiries that nobody has answered, and when.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Inquiries {
    mails: Vec<String>,
    after_hours: u32,
    every_hours: u32,
}

impl Default for Inquiries {
    fn default() -> Inquiries {
        Inquiries {
            mails: Vec::new(),
            after_hours: 4,
            every_hours: 24,
        }
    }
}

impl Inquiries {
    /// `sends`: whether there is a way to send mail.
    pub(crate) fn settings(&self, sends: bool) -> Result<InquirySettings, ConfigError> {
        if let Some(mail) = self.mails.iter().find(|mail| !mail::is_address(mail)) {
            let why = format!("inquiries.mails: {mail:?} is not a mail address");
            return Err(wrong(ABOUT, why));
        }
        if !self.mails.is_empty() && !sends {
            return Err(wrong(
                ABOUT,
                "inquiries.mails names somebody, but [mail] says no way to send mail",
            ));
        }
        let hours = |number: u32| HOUR * number;
        Ok(InquirySettings {
            mails: self.mails.clone(),
            after: hours(self.after_hours),
            every: Duration::max(hours(self.every_hours), HOUR),
        })
    }
}
