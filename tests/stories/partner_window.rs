//! The window that a partner opens for a connect flow, gone through without a browser.

use testkit::{Answer, Visitor, hidden};

pub const PASSWORD: &str = "the canary sings at dawn";

const PERSON: [(&str, &str); 3] = [
    ("name", "Maren Holloway"),
    ("email", "maren@brackwater.example"),
    ("password", PASSWORD),
];

const COMPANY: [(&str, &str); 3] = [
    ("company_name", "Brackwater"),
    ("terms", "yes"),
    ("privacy", "yes"),
];

/// Fills in the form of a page, and gives what comes of it.
pub async fn submit(
    visitor: &Visitor<'_>,
    page: &Answer,
    place: &str,
    fields: &[(&str, &str)],
) -> Answer {
    let csrf = hidden(page, "csrf");
    let fields = [fields, &[("csrf", csrf.as_str())]].concat();
    visitor.post(place, &fields).await
}

/// Arrives with a request token, signs up, and confirms: all answers, one after the other.
pub async fn go_through(visitor: &Visitor<'_>, arrival: &str) -> Vec<Answer> {
    let landed = visitor.get(arrival).await;
    let (place, _) = arrival.split_once('?').unwrap();
    let mut seen = vec![landed, visitor.get(place).await];
    for (step, fields) in [
        ("/sign-up", &PERSON[..]),
        ("/sign-up/company", &COMPANY),
        ("/confirm", &[]),
    ] {
        let place = format!("{place}{step}");
        let page = visitor.get(&place).await;
        let next = submit(visitor, &page, &place, fields).await;
        assert_eq!(next.status, 303, "{step}: {}", next.body);
        seen.extend([page, next]);
    }
    let done = visitor.get(&format!("{place}/done")).await;
    assert!(done.body.contains("is connected"), "{}", done.body);
    seen.push(done);
    seen
}
