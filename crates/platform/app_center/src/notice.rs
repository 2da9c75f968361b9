use protocol::Form;
use web::Notice;

/// What a page tells after something was done, named by a word in its address: never free text.
pub fn of(query: &Form, name: &str) -> Option<Notice> {
    Some(match query.get("notice")? {
        "disconnected" => Notice::success(format!(
            "{name} is disconnected. It gets no more data, and what it was handed out no longer works."
        )),
        "not_connected" => Notice::info(format!("{name} was not connected. Nothing was changed.")),
        "cancelled" => Notice::info(
            "You stopped waiting. Nothing was connected, and what was handed out no longer works.",
        ),
        _ => return None,
    })
}

/// The address of a page with a notice.
pub fn href(page: &str, notice: &str) -> String {
    format!("{page}?notice={notice}")
}
