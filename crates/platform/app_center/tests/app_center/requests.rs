use http::StatusCode;

use crate::world::{EMPLOYEE, LEDGER, RIDES, World};

const FIELDS: [(&str, &str); 8] = [
    ("first_name", "Tobias"),
    ("last_name", "Holloway"),
    ("email", "tobias@brackwater.example"),
    ("phone", "+1 614 555 0100"),
    ("company", "Brackwater Instruments"),
    ("employees", "214"),
    ("country", "US"),
    ("consent", "yes"),
];

#[tokio::test]
async fn ac_50_a_request_reaches_the_partner_and_the_person() {
    let world = World::new().await;
    let mut employee = world.signed_in(EMPLOYEE).await;
    let page = format!("/app-center/listings/{LEDGER}/request-information");
    let form = employee.get(&page).await;
    assert!(form.body.contains("value=\"tobias@brackwater.example\""));
    assert!(form.body.contains("value=\"US\" selected"));

    let wrong = employee.submit(&page, &page, &FIELDS[..5]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("3 fields need attention"));
    assert_eq!(world.rows("leads").await, 0);

    let sent = employee.submit(&page, &page, &FIELDS).await;
    assert_eq!(sent.location(), format!("{page}/thanks"));
    let thanks = employee.get(sent.location()).await;
    assert!(thanks.body.contains("Back to Meridian Ledger"));
    assert_eq!(world.rows("leads").await, 1);

    let mut mails: Vec<_> = std::fs::read_dir(world.directory.path().join("outbox"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    mails.sort();
    assert_eq!(mails.len(), 2);
    let [to_prospect, to_partner] =
        [0, 1].map(|at: usize| std::fs::read_to_string(&mails[at]).unwrap());
    assert!(to_prospect.contains("Thank you for your Quick Connect App Center partner inquiry"));
    assert!(to_prospect.contains("tobias@brackwater.example"));
    assert!(to_partner.contains("Subject: Quick Connect App Center inquiry submission"));
    assert!(to_partner.contains("leads@meridian.example"));
    assert!(to_partner.contains("+1 614 555 0100"));
}

#[tokio::test]
async fn a_user_connection_takes_no_requests() {
    let world = World::new().await;
    let mut employee = world.signed_in(EMPLOYEE).await;
    let page = format!("/app-center/listings/{RIDES}/request-information");
    assert_eq!(employee.get(&page).await.status, StatusCode::NOT_FOUND);
}
