use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use store::App;
use utoipa::ToSchema;
use web::{CorrelationId, Description};

use super::refusal::Refusal;
use super::{Shown, own_app, rotation, secret_id};

const PATCH_OP: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/// `PATCH` with a SCIM PatchOp (RFC 7644 §3.5.2): switches a secret on or off.
pub async fn patch(
    State(app): State<App>,
    Path((id, secret)): Path<(String, String)>,
    correlation: CorrelationId,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let request = (&headers, body.ok());
    match change(&app, (&id, &secret), request, &correlation).await {
        Ok(secret) => Json(secret).into_response(),
        Err(refusal) => refusal.into_response(&correlation),
    }
}

async fn change(
    app: &App,
    (id, secret): (&str, &str),
    (headers, body): (&HeaderMap, Option<Bytes>),
    correlation: &CorrelationId,
) -> Result<Shown, Refusal> {
    let now = app.clock.now();
    let client = own_app(app, id, headers, now).await?;
    let active = wanted(&body.unwrap_or_default()).map_err(Refusal::Invalid)?;
    let secret = secret_id(secret)?;
    let mut tx = app.db.write_for(client).await?;
    let rotation = rotation(app, client, correlation, now);
    let record = rotation.switch(&mut tx, secret, active).await?;
    tx.commit().await?;
    let shown = Shown::from(&record);
    tracing::info!(
        app.id = %client, secret.id = %secret, secret.status = shown.status,
        "a client secret was switched"
    );
    Ok(shown)
}

/// A SCIM PatchOp (RFC 7644 §3.5.2) that replaces `/status`.
#[derive(Deserialize, ToSchema)]
struct PatchOp {
    /// Holds `urn:ietf:params:scim:api:messages:2.0:PatchOp` alone.
    #[serde(default)]
    #[schema(required, min_items = 1, max_items = 1)]
    schemas: Vec<String>,
    /// Names of attributes are the same in any letter case (RFC 7643 §2.1); these two are written.
    #[serde(default, alias = "operations", rename = "Operations")]
    #[schema(required, min_items = 1, max_items = 1)]
    operations: Vec<Operation>,
}

#[derive(Deserialize, ToSchema)]
struct Operation {
    /// `replace`.
    op: String,
    /// `/status`.
    #[serde(default)]
    #[schema(required)]
    path: String,
    /// `active` or `inactive`.
    #[serde(default)]
    #[schema(required, value_type = String)]
    value: serde_json::Value,
}

/// Whether the secret shall be active. The one operation there is replaces `/status`.
fn wanted(body: &[u8]) -> Result<bool, &'static str> {
    let patch: PatchOp =
        serde_json::from_slice(body).map_err(|_| "the body is not a SCIM PatchOp in JSON")?;
    let [schema] = patch.schemas.as_slice() else {
        return Err("schemas must hold urn:ietf:params:scim:api:messages:2.0:PatchOp alone");
    };
    if !schema.eq_ignore_ascii_case(PATCH_OP) {
        return Err("schemas must hold urn:ietf:params:scim:api:messages:2.0:PatchOp alone");
    }
    let [operation] = patch.operations.as_slice() else {
        return Err("Operations must hold one operation");
    };
    if !operation.op.eq_ignore_ascii_case("replace") {
        return Err("the operation must be replace");
    }
    if !matches!(operation.path.as_str(), "/status" | "status") {
        return Err("the path must be /status");
    }
    match operation.value.as_str() {
        Some(value) if value.eq_ignore_ascii_case("active") => Ok(true),
        Some(value) if value.eq_ignore_ascii_case("inactive") => Ok(false),
        _ => Err("the value must be active or inactive"),
    }
}

pub fn describe() -> Description {
    super::describe_one("change_secret", "Activate or deactivate a secret")
        .json::<PatchOp>()
        .answers::<Shown>(StatusCode::OK, "The secret as it is now.")
        .refuses(
            StatusCode::BAD_REQUEST,
            "The body is no such change; or the secret is the last one that is active.",
        )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn patch(changes: serde_json::Value) -> Result<bool, &'static str> {
        let mut body = json!({
            "schemas": [PATCH_OP],
            "Operations": [{ "op": "replace", "path": "/status", "value": "active" }],
        });
        for (pointer, value) in changes.as_object().unwrap() {
            *body.pointer_mut(pointer).unwrap() = value.clone();
        }
        wanted(body.to_string().as_bytes())
    }

    #[test]
    fn a_patch_says_active_or_inactive_in_any_letter_case() {
        assert_eq!(patch(json!({})), Ok(true));
        for (value, expected) in [("Active", true), ("INACTIVE", false), ("inactive", false)] {
            assert_eq!(patch(json!({ "/Operations/0/value": value })), Ok(expected));
        }
        assert_eq!(patch(json!({ "/Operations/0/op": "Replace" })), Ok(true));
    }

    #[test]
    fn every_other_patch_is_refused() {
        let operation = json!({ "op": "replace", "path": "/status", "value": "active" });
        for changes in [
            json!({ "/schemas": [] }),
            json!({ "/schemas": PATCH_OP }),
            json!({ "/schemas/0": "urn:ietf:params:scim:schemas:core:2.0:User" }),
            json!({ "/schemas": [PATCH_OP, PATCH_OP] }),
            json!({ "/Operations": [] }),
            json!({ "/Operations": [operation, operation] }),
            json!({ "/Operations/0": {} }),
            json!({ "/Operations/0/op": "add" }),
            json!({ "/Operations/0/op": "remove" }),
            json!({ "/Operations/0/path": "/secret" }),
            json!({ "/Operations/0/path": "" }),
            json!({ "/Operations/0/value": "enabled" }),
            json!({ "/Operations/0/value": true }),
            json!({ "/Operations/0/value": null }),
        ] {
            assert!(patch(changes.clone()).is_err(), "{changes}");
        }
        for body in ["", "[]", "{}", "status=active"] {
            assert!(wanted(body.as_bytes()).is_err(), "{body}");
        }
    }
}
