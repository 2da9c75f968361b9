use axum::response::IntoResponse;
use http::header::CONTENT_TYPE;

const DOCUMENT: &str = include_str!("openapi.json");

/// What the broker offers, as OpenAPI 3.1.
pub async fn get() -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], DOCUMENT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_is_described_and_nothing_else() {
        let document: serde_json::Value = serde_json::from_str(DOCUMENT).unwrap();
        let mut described: Vec<String> = document["paths"]
            .as_object()
            .unwrap()
            .iter()
            .flat_map(|(path, methods)| {
                let methods = methods.as_object().unwrap().keys();
                methods
                    .filter(|method| *method != "parameters")
                    .map(move |method| format!("{} {path}", method.to_uppercase()))
            })
            .collect();
        let mut routed: Vec<String> = crate::routes()
            .endpoints()
            .iter()
            .map(|endpoint| format!("{} {}", endpoint.method, endpoint.path.replace("{*", "{")))
            .collect();
        described.sort();
        routed.sort();
        assert_eq!(described, routed);
    }
}
