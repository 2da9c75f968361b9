use protocol::Timestamp;

/// An instant as pages show it.
pub(crate) struct When {
    /// For the `datetime` attribute.
    pub iso: String,
    /// `23 Nov 2026, 20:15 UTC`.
    pub shown: String,
    /// `in 5 days`.
    pub relative: String,
}

impl When {
    pub fn new(at: Timestamp, now: Timestamp) -> When {
        When {
            iso: web::iso_time(at),
            shown: web::date_time(at),
            relative: web::relative(at, now),
        }
    }
}
