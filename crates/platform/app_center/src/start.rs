use axum::response::Redirect;

/// The site begins at the catalogue.
pub async fn show() -> Redirect {
    Redirect::to("/app-center")
}
