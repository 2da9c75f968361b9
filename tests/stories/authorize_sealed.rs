//! What the browser carries between an app's request and its answer cannot be changed by it.

use sandbox::UserFacts;
use testkit::{Answer, House, Visitor, hidden, parameter};

/// Every text that differs from `text` in one character, each place once, and some others.
fn mutants(text: &str) -> Vec<String> {
    let mut mutants: Vec<String> = (0..text.len())
        .map(|at| {
            let other = match text.as_bytes()[at] {
                b'A' => 'B',
                _ => 'A',
            };
            format!("{}{other}{}", &text[..at], &text[at + 1..])
        })
        .collect();
    mutants.extend([String::new(), text[1..].to_owned(), format!("{text}A")]);
    mutants
}

async fn rows(house: &House, table: &str) -> i64 {
    let mut tx = house.platform.db.read().await.unwrap();
    let sql = format!("SELECT COUNT(*) AS n FROM {table}");
    let row = tx.query_opt(&sql, &[]).await.unwrap().unwrap();
    row.get("n").unwrap()
}

#[track_caller]
fn is_refused(answer: &Answer, what: &str) {
    assert!(
        (400..500).contains(&answer.status),
        "{what}: {}",
        answer.status
    );
    assert_eq!(answer.header("location"), "", "{what}");
}

fn employee(house: &House) -> &UserFacts {
    house.employee(house.company("Brackwater"))
}

#[tokio::test(flavor = "multi_thread")]
async fn s06_no_byte_of_the_address_can_be_changed() {
    let house = House::start().await;
    let visitor = Visitor::new(&house);
    let url = house.authorize_url("glz", house.app("Pedalpath"), &[]);
    let place = visitor.get(&url).await.header("location").to_owned();
    let (page, sealed) = place.split_once("request=").unwrap();
    for mutant in mutants(sealed) {
        let answer = visitor.get(&format!("{page}request={mutant}")).await;
        is_refused(&answer, &mutant);
    }
    is_refused(
        &visitor.get(&format!("{place}&request={sealed}")).await,
        "twice",
    );
    assert_eq!(visitor.get(&place).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn s06_s34_no_byte_of_the_sign_in_form_or_its_cookie_can_be_changed() {
    let house = House::start().await;
    let user = employee(&house);
    let visitor = Visitor::new(&house);
    let url = house.authorize_url("glz", house.app("Pedalpath"), &[]);
    let page = visitor.authorize(&url).await;
    let (csrf, request) = (hidden(&page, "csrf"), hidden(&page, "request"));
    let submit = async |csrf: &str, request: &str| {
        let fields = [
            ("csrf", csrf),
            ("request", request),
            ("login", &user.login),
            ("password", &user.password),
        ];
        visitor.post("/authorize/sign-in", &fields).await
    };
    for mutant in mutants(&csrf) {
        is_refused(&submit(&mutant, &request).await, &mutant);
    }
    for mutant in mutants(&request) {
        is_refused(&submit(&csrf, &mutant).await, &mutant);
    }
    let visit = visitor.cookie("quickconnect_visit").unwrap();
    for mutant in mutants(&visit) {
        visitor.set_cookie("quickconnect_visit", &mutant);
        is_refused(&submit(&csrf, &request).await, &mutant);
    }
    visitor.set_cookie("quickconnect_visit", &visit);
    assert_eq!(rows(&house, "sessions").await, 0);
    assert_eq!(submit(&csrf, &request).await.status, 303);
}

#[tokio::test(flavor = "multi_thread")]
async fn s06_s34_no_byte_of_the_consent_form_or_its_cookie_can_be_changed() {
    let house = House::start().await;
    let visitor = Visitor::new(&house);
    let url = house.authorize_url("glz", house.app("Pedalpath"), &[]);
    let page = visitor.authorize(&url).await;
    let page = visitor.sign_in(&page, employee(&house)).await;
    let (csrf, request) = (hidden(&page, "csrf"), hidden(&page, "request"));
    let submit = async |csrf: &str, request: &str, answer: &str| {
        let fields = [("csrf", csrf), ("request", request), ("answer", answer)];
        visitor.post("/authorize", &fields).await
    };
    for mutant in mutants(&csrf) {
        is_refused(&submit(&mutant, &request, "allow").await, &mutant);
    }
    for mutant in mutants(&request) {
        is_refused(&submit(&csrf, &mutant, "allow").await, &mutant);
    }
    for mutant in mutants("allow") {
        is_refused(&submit(&csrf, &request, &mutant).await, &mutant);
    }
    let session = visitor.cookie("quickconnect_session").unwrap();
    for mutant in mutants(&session) {
        visitor.set_cookie("quickconnect_session", &mutant);
        is_refused(&submit(&csrf, &request, "allow").await, &mutant);
    }
    visitor.set_cookie("quickconnect_session", &session);
    assert_eq!(rows(&house, "authorization_codes").await, 0);
    assert_eq!(submit(&csrf, &request, "allow").await.status, 303);
}

#[tokio::test(flavor = "multi_thread")]
async fn s06_a_consent_form_is_worth_nothing_in_another_session() {
    let house = House::start().await;
    let app = house.app("Pedalpath");
    let (mine, theirs) = (Visitor::new(&house), Visitor::new(&house));
    let url = house.authorize_url("glz", app, &[("state", "mine")]);
    let page = mine.authorize(&url).await;
    let my_page = mine.sign_in(&page, employee(&house)).await;
    let page = theirs.authorize(&url).await;
    let admin = house.admin(house.company("Brackwater"));
    let their_page = theirs.sign_in(&page, admin).await;
    let (csrf, request) = (hidden(&their_page, "csrf"), hidden(&my_page, "request"));
    let unbound = hidden(&page, "request");
    for request in [request, unbound] {
        let fields = [
            ("csrf", csrf.as_str()),
            ("request", &request),
            ("answer", "allow"),
        ];
        is_refused(&theirs.post("/authorize", &fields).await, "another session");
    }
    assert_eq!(rows(&house, "authorization_codes").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn s06_a_sign_in_of_one_session_does_not_count_in_another() {
    let house = House::start().await;
    let app = house.app("Pedalpath");
    let (mine, theirs) = (Visitor::new(&house), Visitor::new(&house));
    let admin = house.admin(house.company("Brackwater"));
    theirs
        .allow(&house.authorize_url("glz", app, &[]), admin)
        .await;
    let url = house.authorize_url("glz", app, &[("prompt", "login")]);
    let page = mine.authorize(&url).await;
    let user = employee(&house);
    let (csrf, request) = (hidden(&page, "csrf"), hidden(&page, "request"));
    let fields = [
        ("csrf", csrf.as_str()),
        ("request", &request),
        ("login", &user.login),
        ("password", &user.password),
    ];
    let answer = mine.post("/authorize/sign-in", &fields).await;
    let place = house.facts.app_center.join(answer.header("location"));
    assert!(mine.get(&place).await.body.contains("act for you?"));
    let page = theirs.get(&place).await;
    assert!(page.body.contains("Sign in with"), "{}", page.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn s34_an_answer_without_session_or_csrf_is_refused() {
    let house = House::start().await;
    let visitor = Visitor::new(&house);
    let url = house.authorize_url("glz", house.app("Pedalpath"), &[]);
    let page = visitor.authorize(&url).await;
    let page = visitor.sign_in(&page, employee(&house)).await;
    let request = hidden(&page, "request");
    let bare = [("request", request.as_str()), ("answer", "allow")];
    is_refused(&visitor.post("/authorize", &bare).await, "no csrf");
    let stranger = Visitor::new(&house);
    is_refused(&stranger.answer(&page, "allow").await, "no session");
    let get = house
        .facts
        .app_center
        .join(&format!("/authorize?request={request}&answer=allow"));
    let shown = visitor.get(&get).await;
    assert_eq!(shown.status, 200, "an address answers nothing");
    assert_eq!(rows(&house, "authorization_codes").await, 0);
    let answer = visitor.answer(&page, "allow").await;
    assert!(!parameter(answer.header("location"), "code").is_empty());
}
