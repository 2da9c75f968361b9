use http::StatusCode;

use crate::world::{ADMIN, EMPLOYEE, World};

#[tokio::test]
async fn a_person_signs_in_and_comes_to_the_page_that_was_asked_for() {
    let world = World::new().await;
    let mut browser = world.browser();
    let asked = browser.get("/app-center/connections?x=1").await;
    assert_eq!(asked.status, StatusCode::SEE_OTHER);
    let sign_in = asked.location().to_owned();
    assert_eq!(
        sign_in,
        "/sign-in?return_to=%2Fapp-center%2Fconnections%3Fx%3D1"
    );
    let form = browser.get(&sign_in).await;
    let return_to = form.input("return_to").unwrap();
    let answer = browser.sign_in(ADMIN, "correct", &return_to).await;
    assert_eq!(answer.location(), "/app-center/connections?x=1");
    let page = browser.get("/app-center").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("Maren Holloway"));
    assert_eq!(browser.get("/").await.location(), "/app-center");
}

#[tokio::test]
async fn s33_the_session_changes_at_every_sign_in_and_ends_at_sign_out() {
    let world = World::new().await;
    let mut browser = world.signed_in(ADMIN).await;
    let first = browser.cookies.clone();
    let again = browser.get("/sign-in").await;
    assert_eq!(again.location(), "/app-center");

    let answer = browser.submit("/app-center", "/sign-out", &[]).await;
    assert_eq!(answer.location(), "/sign-in");
    browser.cookies = first.clone();
    assert_eq!(
        browser.get("/app-center").await.status,
        StatusCode::SEE_OTHER
    );

    let former = world.signed_in(ADMIN).await.cookies;
    let mut browser = world.browser();
    let csrf = browser.get("/sign-in").await.input("csrf").unwrap();
    browser.cookies.extend(former.clone());
    let fields = [
        ("csrf", csrf.as_str()),
        ("login", EMPLOYEE),
        ("password", "correct"),
    ];
    browser.post("/sign-in", &fields).await;
    let page = browser.get("/app-center").await;
    assert!(page.body.contains("Tobias"));
    browser.cookies = former;
    assert_eq!(
        browser.get("/app-center").await.status,
        StatusCode::SEE_OTHER,
        "the session before it is over"
    );
}

#[tokio::test]
async fn a_session_lasts_eight_hours() {
    let world = World::new().await;
    let mut browser = world.signed_in(ADMIN).await;
    world
        .app
        .clock
        .advance(8 * protocol::HOUR - protocol::MINUTE);
    assert_eq!(browser.get("/app-center").await.status, StatusCode::OK);
    world.app.clock.advance(protocol::MINUTE);
    assert_eq!(
        browser.get("/app-center").await.status,
        StatusCode::SEE_OTHER
    );
}

#[tokio::test]
async fn s10_a_wrong_password_and_an_unknown_login_are_answered_alike() {
    let world = World::new().await;
    let mut browser = world.browser();
    let wrong = browser.sign_in(ADMIN, "wrong", "/app-center").await;
    let unknown = browser
        .sign_in("maria@brackwater.example", "wrong", "/app-center")
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY);
    let neutral = |body: &str| {
        body.replace(ADMIN, "x")
            .replace("maria@brackwater.example", "x")
    };
    // The demonstration's own list names the login as well.
    assert_eq!(
        neutral(&wrong.body)
            .matches("Login and password do not belong together")
            .count(),
        1
    );
    assert_eq!(neutral(&wrong.body), neutral(&unknown.body));
    assert_eq!(world.rows("sessions").await, 0);
}

#[tokio::test]
async fn s29_guessing_is_slowed_down() {
    let world = World::new().await;
    let mut browser = world.browser();
    for _ in 0..10 {
        let answer = browser.sign_in(EMPLOYEE, "wrong", "").await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let answer = browser.sign_in(EMPLOYEE, "correct", "").await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(
        answer.body.contains("Try again in 2 minutes"),
        "{}",
        answer.body
    );
    assert!(!answer.header("retry-after").is_empty());
    let other = browser.sign_in(ADMIN, "correct", "").await;
    assert_eq!(other.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn nobody_is_sent_to_another_site() {
    let world = World::new().await;
    for return_to in ["//evil.example", "/\\evil.example", "https://evil.example"] {
        let mut browser = world.browser();
        let answer = browser.sign_in(ADMIN, "correct", return_to).await;
        assert_eq!(answer.location(), "/app-center", "{return_to}");
        let query = format!("/sign-in?return_to={return_to}");
        assert_eq!(browser.get(&query).await.location(), "/app-center");
    }
}

#[tokio::test]
async fn s34_no_form_is_accepted_without_its_csrf_field() {
    let world = World::new().await;
    let mut browser = world.signed_in(ADMIN).await;
    let mut checked = 0;
    for endpoint in app_center::routes().endpoints() {
        if endpoint.method != http::Method::POST {
            continue;
        }
        let path = endpoint.path.replace("{id}", crate::world::LEDGER);
        for fields in [vec![], vec![("csrf", "wrong")]] {
            let answer = browser.post(&path, &fields).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
        }
        checked += 1;
    }
    assert_eq!(checked, 17);
    assert_eq!(world.rows("request_tokens").await, 0);
    assert_eq!(world.rows("connect_attempts").await, 0);
}

#[tokio::test]
async fn s34_every_page_but_the_public_ones_asks_for_a_sign_in() {
    let world = World::new().await;
    let mut browser = world.browser();
    for endpoint in app_center::routes().endpoints() {
        if endpoint.access == web::Access::Public {
            continue;
        }
        let path = endpoint
            .path
            .replace("{id}", crate::world::LEDGER)
            .replace("{name}", "icon.svg");
        let answer = match endpoint.method {
            http::Method::GET => browser.get(&path).await,
            _ => browser.post(&path, &[]).await,
        };
        let refused = match path.as_str() {
            // An app waits for the answer: signing in for anything else would not bring it.
            "/authorize" => answer.status == StatusCode::FORBIDDEN,
            path if path.ends_with("/status") => answer.status == StatusCode::UNAUTHORIZED,
            _ => answer.location().starts_with("/sign-in?return_to="),
        };
        assert!(refused, "{path} {}", answer.status);
    }
}

#[tokio::test]
async fn s22_whoever_is_switched_off_is_not_let_in_any_longer() {
    let world = World::new().await;
    let mut browser = world.signed_in(ADMIN).await;
    for company_wide in [true, false] {
        assert_eq!(browser.get("/app-center").await.status, StatusCode::OK);
        switch(&world, company_wide, false).await;
        assert_eq!(
            browser.get("/app-center").await.status,
            StatusCode::SEE_OTHER
        );
        let refused = world.browser().sign_in(ADMIN, "correct", "/").await;
        let wrong = world.browser().sign_in(ADMIN, "wrong", "/").await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(refused.status, wrong.status);
        switch(&world, company_wide, true).await;
    }
}

async fn switch(world: &World, company_wide: bool, enabled: bool) {
    let mut tx = world.app.db.write().await.unwrap();
    let user = store::users::find_by_login(&mut tx, ADMIN).await.unwrap();
    let user = user.unwrap();
    let done = if company_wide {
        store::companies::set_enabled(&mut tx, user.company, enabled).await
    } else {
        store::users::set_enabled(&mut tx, user.company, user.id, enabled).await
    };
    done.unwrap();
    tx.commit().await.unwrap();
}

/// PostgreSQL keeps no U+0000 in a text: that must not become a fault of the server.
#[tokio::test]
async fn the_character_zero_is_nobodys_login() {
    let world = World::new().await;
    let mut browser = world.browser();
    let answer = browser.sign_in("maren\0", "correct", "/app-center").await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
}
