//! An expense report as the version 3 API shows it (reference §7.3.1).

use serde_json::{Map, Value, json};
use utoipa::openapi::Schema;
use web::description::schema;

const TEXTS: &[&str] = &[
    "Name",
    "CurrencyCode",
    "Country",
    "CountrySubdivision",
    "LastComment",
    "OwnerLoginID",
    "OwnerName",
    "ApproverLoginID",
    "ApproverName",
    "ApprovalStatusCode",
    "ApprovalStatusName",
    "PaymentStatusCode",
    "PaymentStatusName",
    "LedgerName",
    "PolicyID",
    "WorkflowActionUrl",
];

/// Written as `yyyy-MM-ddTHH:mm:ss.SSS`, in UTC.
const INSTANTS: &[&str] = &[
    "CreateDate",
    "SubmitDate",
    "ProcessingPaymentDate",
    "PaidDate",
    "UserDefinedDate",
    "LastModifiedDate",
];

const AMOUNTS: &[&str] = &[
    "Total",
    "PersonalAmount",
    "AmountDueEmployee",
    "AmountDueCompanyCard",
    "TotalClaimedAmount",
    "TotalApprovedAmount",
];

const FLAGS: &[&str] = &["ReceiptsReceived", "EverSentBack", "HasException"];

/// One report.
pub fn report() -> Schema {
    let mut fields = Map::new();
    let mut add = |names: &[&str], schema: Value| {
        for name in names {
            fields.insert((*name).to_owned(), schema.clone());
        }
    };
    let instant = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}$";
    add(TEXTS, json!({ "type": ["string", "null"] }));
    add(
        INSTANTS,
        json!({ "type": ["string", "null"], "pattern": instant }),
    );
    add(AMOUNTS, json!({ "type": "number" }));
    add(FLAGS, json!({ "type": "boolean" }));
    add(&["OrgUnit1"], org_unit());
    add(&["ID"], json!({ "type": "string" }));
    add(&["URI"], json!({ "type": "string", "format": "uri" }));
    schema(json!({ "type": "object", "required": ["ID", "URI"], "properties": fields }))
}

fn org_unit() -> Value {
    let text = json!({ "type": ["string", "null"] });
    json!({
        "type": "object",
        "properties": { "Code": text, "ListItemID": text, "Type": text, "Value": text },
    })
}
