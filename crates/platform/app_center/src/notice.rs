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
        "app_saved" => Notice::success(format!("The settings of {name} are saved.")),
        "app_enabled" => Notice::success(format!("{name} is enabled.")),
        "app_disabled" => Notice::success(format!(
            "{name} is disabled. It gets no tokens, and those it has open nothing."
        )),
        "secret_activated" => Notice::success(format!("The secret is active. {name} may use it.")),
        "secret_deactivated" => Notice::success(format!(
            "The secret is inactive. {name} can no longer use it."
        )),
        "secret_deleted" => Notice::success("The secret is deleted."),
        _ => return None,
    })
}

/// The address of a page with a notice.
pub fn href(page: &str, notice: &str) -> String {
    format!("{page}?notice={notice}")
}
