//! The authorization endpoint: whom it believes, and where it sends browsers.

use protocol::CodeChallenge;
use protocol::jose::SigningAlgorithm;
use sandbox::AppFacts;
use store::registration::NewApp;
use testkit::{Answer, House, parameter};

/// An app that connects to people, as an operator registers it.
pub fn app_of_people(redirect_uris: &[&str]) -> NewApp {
    NewApp {
        name: "Fjord Books".to_owned(),
        grants: ["authorization_code", "refresh_token"]
            .map(str::to_owned)
            .to_vec(),
        scopes: ["openid", "profile", "user.read"]
            .map(str::to_owned)
            .to_vec(),
        redirect_uris: redirect_uris.iter().map(|uri| (*uri).to_owned()).collect(),
        connect_uri: None,
        allowed_principal: None,
        algorithm: SigningAlgorithm::default(),
        principal_type: protocol::PrincipalType::User,
        require_pkce: false,
    }
}

async fn ask(house: &House, app: &AppFacts, more: &[(&str, &str)]) -> Answer {
    let url = house.authorize_url("glz", app, more);
    house.send(house.request("GET", &url)).await
}

#[track_caller]
fn is_a_page_that_leads_nowhere(answer: &Answer, told: &str) {
    assert_eq!(answer.status, 400, "{}", answer.body);
    assert_eq!(answer.header("location"), "");
    assert!(answer.header("content-type").starts_with("text/html"));
    assert!(answer.body.contains(told), "{told}: {}", answer.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_data_centre_hands_a_good_request_on_to_the_customers_site() {
    let house = House::start().await;
    let app = house.app("Pedalpath");
    for center in ["glz", "us2", "eu2"] {
        let url = house.authorize_url(center, app, &[("state", "a b&c")]);
        let (address, query) = url.split_once('?').unwrap();
        let form = house
            .request("POST", address)
            .header("content-type", "application/x-www-form-urlencoded");
        let slash = url.replace("/authorize?", "/authorize/?");
        for request in [
            house.request("GET", &url),
            house.request("GET", &slash),
            form.body(query.to_owned()),
        ] {
            let answer = house.send(request).await;
            assert_eq!(answer.status, 303, "{}", answer.body);
            let place = answer.header("location");
            let expected = house.facts.app_center.join("/authorize?request=");
            assert!(place.starts_with(&expected), "{place}");
            assert_eq!(answer.header("cache-control"), "no-store");
            assert_eq!(answer.header("referrer-policy"), "no-referrer");
            for told in ["Pedalpath", "callback", &app.client_id.to_string()] {
                assert!(!place.contains(told), "{told} can be read in {place}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_client_and_its_address_there_is_a_page_and_no_redirect() {
    let house = House::start().await;
    let app = house.app("Pedalpath");
    for (more, told) in [
        (("client_id", ""), "62: client_id was not supplied"),
        (("client_id", "x"), "61: client not found"),
        (
            ("client_id", "00000000-0000-4000-8000-000000000000"),
            "61: client not found",
        ),
        (("redirect_uri", ""), "102: redirect_uri was not supplied"),
        (
            ("redirect_uri", "https://evil.example/"),
            "104: redirect_uri",
        ),
    ] {
        is_a_page_that_leads_nowhere(&ask(&house, app, &[more]).await, told);
    }
    house.switch_app(app, false).await;
    let off = ask(&house, app, &[]).await;
    assert_eq!((off.status, off.header("location")), (403, ""));
    assert!(off.body.contains("59: client disabled"), "{}", off.body);
    // The page has its style sheet where it stands.
    let sheet = off.body.split_once("rel=\"stylesheet\" href=\"").unwrap().1;
    let sheet = sheet.split_once('"').unwrap().0;
    let url = format!("{}{sheet}", house.center("glz"));
    let sheet = house.send(house.request("GET", &url)).await;
    assert!(sheet.header("content-type").starts_with("text/css"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_only_registered_address_may_be_left_out() {
    let house = House::start().await;
    let app = app_of_people(&["http://127.0.0.1:3000/only"]);
    let app = house.register(app).await;
    let answer = ask(&house, &app, &[("redirect_uri", "")]).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    let refused = [("redirect_uri", ""), ("prompt", "x")];
    let refused = ask(&house, &app, &refused).await;
    let back = refused.header("location");
    assert!(back.starts_with("http://127.0.0.1:3000/only?"), "{back}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_besides_is_told_to_the_app_in_both_dialects() {
    let house = House::start().await;
    let app = house.app("Pedalpath");
    let long = "x".repeat(3_000);
    let challenge = CodeChallenge::of("x").as_str().to_owned();
    let word = "invalid_request";
    for (more, error, code) in [
        (vec![("response_type", "")], word, word),
        (
            vec![("response_type", "token")],
            "unsupported_response_type",
            "unsupported_response_type",
        ),
        (
            vec![("response_type", "code id_token")],
            "unsupported_response_type",
            "unsupported_response_type",
        ),
        (vec![("response_mode", "form_post")], word, word),
        (
            vec![("scope", "openid company.read")],
            "invalid_scope",
            "54",
        ),
        (vec![("display", "hologram")], word, "118"),
        (vec![("prompt", "maybe")], word, "119"),
        (vec![("prompt", "none login")], word, "119"),
        (vec![("max_age", "-1")], word, word),
        (vec![("nonce", &long)], word, word),
        (vec![("code_challenge", &challenge)], word, word),
        (
            vec![
                ("code_challenge", &challenge),
                ("code_challenge_method", "plain"),
            ],
            word,
            word,
        ),
        (vec![("code_challenge_method", "S256")], word, word),
        (
            vec![
                ("code_challenge", "short"),
                ("code_challenge_method", "S256"),
            ],
            word,
            word,
        ),
        (
            vec![("request", "eyJ")],
            "request_not_supported",
            "request_not_supported",
        ),
        (
            vec![("request_uri", "https://evil.example/")],
            "request_uri_not_supported",
            "request_uri_not_supported",
        ),
    ] {
        let mut more = more;
        more.push(("state", "s&t=u v"));
        let answer = ask(&house, app, &more).await;
        assert_eq!(answer.status, 303, "{more:?}: {}", answer.body);
        let back = answer.header("location");
        assert!(back.starts_with(&app.redirect_uris[0]), "{back}");
        assert_eq!(parameter(back, "error"), error, "{more:?}");
        assert_eq!(parameter(back, "error_code"), code, "{more:?}");
        assert!(!parameter(back, "error_description").is_empty());
        assert_eq!(parameter(back, "state"), "s&t=u v");
        assert_eq!(parameter(back, "iss"), house.center("glz"));
        assert_eq!(parameter(back, "code"), "");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_that_connects_to_companies_or_has_no_such_grant_is_unauthorized_60() {
    let house = House::start().await;
    let mut of_companies = app_of_people(&["http://localhost:3000/c"]);
    of_companies.principal_type = protocol::PrincipalType::Company;
    let mut without = app_of_people(&["http://localhost:3000/w"]);
    without.grants = vec!["password".to_owned()];
    for new in [of_companies, without] {
        let app = house.register(new).await;
        let answer = ask(&house, &app, &[]).await;
        let back = answer.header("location");
        assert_eq!(parameter(back, "error"), "unauthorized_client", "{back}");
        assert_eq!(parameter(back, "error_code"), "60");
        let exchange = house.exchange_code("glz", &app, "ac-x", &[]).await;
        assert_eq!((exchange.status, exchange.code()), (400, 60));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proof_key_is_demanded_of_apps_that_are_registered_so() {
    let house = House::start().await;
    let mut new = app_of_people(&["http://127.0.0.1:3000/callback"]);
    new.require_pkce = true;
    let app = house.register(new).await;
    let bare = ask(&house, &app, &[]).await;
    let back = bare.header("location");
    assert_eq!(parameter(back, "error"), "invalid_request");
    assert!(parameter(back, "error_description").contains("code_challenge"));
    let challenge = CodeChallenge::of(&"v".repeat(43)).as_str().to_owned();
    let proven = [
        ("code_challenge", challenge.as_str()),
        ("code_challenge_method", "S256"),
    ];
    let proven = ask(&house, &app, &proven).await;
    let site = house.facts.app_center.as_str();
    assert!(proven.header("location").starts_with(site));
}

#[tokio::test(flavor = "multi_thread")]
async fn s03_an_address_that_differs_in_one_byte_is_not_redirected_to() {
    let house = House::start().await;
    let registered = "http://127.0.0.1:3000/Call-back/cb?tenant=a%20b&x=1";
    let app = house.register(app_of_people(&[registered])).await;
    assert_eq!(ask(&house, &app, &[]).await.status, 303);
    let told = "104: redirect_uri";
    for at in 0..registered.len() {
        let (head, tail) = (&registered[..at], &registered[at + 1..]);
        let byte = registered.as_bytes()[at];
        let mut mutants = vec![
            format!("{head}{tail}"),
            format!("{head}/{}", &registered[at..]),
        ];
        for other in [byte ^ 1, byte ^ 0x20, b'.', b'%', b'0'] {
            let other = char::from(other);
            mutants.push(format!("{head}{other}{tail}"));
        }
        for mutant in mutants.iter().filter(|mutant| *mutant != registered) {
            let answer = ask(&house, &app, &[("redirect_uri", mutant)]).await;
            is_a_page_that_leads_nowhere(&answer, told);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s03_known_tricks_do_not_pass_for_a_registered_address() {
    let house = House::start().await;
    let app = house
        .register(app_of_people(&[
            "https://partner.example/callback",
            "http://127.0.0.1:3000/callback",
        ]))
        .await;
    for trick in [
        "https://partner.example\\@evil.example/callback",
        "https://partner.example@evil.example/callback",
        "https://user:word@partner.example/callback",
        "https://partner.example%2eevil.example/callback",
        "https://partner%2eexample/callback",
        "https://partner.example./callback",
        "https://partner.example:443/callback",
        "https://partner.example//callback",
        "https://partner.example/callback/",
        "https://partner.example/callback/../callback",
        "https://partner.example/./callback",
        "https://partner.example/callbac%6b",
        "https://partner.example/callback#",
        "https://partner.example/callback#fragment",
        "https://partner.example/callback?",
        "https://partner.example/callback?next=https://evil.example",
        "https://partner.example/callback;evil",
        "https://PARTNER.example/callback",
        "HTTPS://partner.example/callback",
        "https://partner.example/Callback",
        "http://partner.example/callback",
        "https://evil.partner.example/callback",
        "https://partner.example.evil.example/callback",
        "https://pаrtner.example/callback",
        "https://partner。example/callback",
        "https://partner.example/callback\u{200b}",
        " https://partner.example/callback",
        "https://partner.example/callback\n",
        "//partner.example/callback",
        "/callback",
        "javascript:alert(1)//https://partner.example/callback",
        "data:text/html,x",
        "http://127.0.0.1:3001/callback",
        "http://127.0.0.1/callback",
        "http://localhost:3000/callback",
        "http://[::1]:3000/callback",
        "http://127.1:3000/callback",
        "http://0x7f.1:3000/callback",
        "http://2130706433:3000/callback",
    ] {
        let answer = ask(&house, &app, &[("redirect_uri", trick)]).await;
        is_a_page_that_leads_nowhere(&answer, "104: redirect_uri");
        assert!(!answer.body.contains("evil"), "{trick}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s04_no_parameter_stands_twice_and_none_in_two_places() {
    let house = House::start().await;
    let app = house.app("Pedalpath");
    let all = [
        ("client_id", app.client_id.to_string()),
        ("redirect_uri", app.redirect_uris[0].clone()),
        ("response_type", "code".to_owned()),
        ("scope", "openid".to_owned()),
        ("state", "s".to_owned()),
        ("nonce", "n".to_owned()),
        ("prompt", "login".to_owned()),
        ("custom", "1".to_owned()),
    ];
    let good = reqwest::Url::parse_with_params("http://x/", &all).unwrap();
    let good = good.query().unwrap();
    let base = format!("{}/oauth2/v0/authorize", house.center("us2"));
    let get = async |query: &str| {
        let request = house.request("GET", &format!("{base}?{query}"));
        house.send(request).await
    };
    let post = async |query: &str, body: String| {
        let request = house
            .request("POST", &format!("{base}{query}"))
            .header("content-type", "application/x-www-form-urlencoded");
        house.send(request.body(body)).await
    };
    assert_eq!(get(good).await.status, 303);
    for (name, _) in &all {
        let twice = format!("{good}&{name}=other");
        is_a_page_that_leads_nowhere(&get(&twice).await, "135");
        is_a_page_that_leads_nowhere(&post("", twice).await, "135");
    }
    is_a_page_that_leads_nowhere(&get(&format!("{good}&x=%ff")).await, "135");
    is_a_page_that_leads_nowhere(&post("?state=t", good.to_owned()).await, "135");
    let json = house.request("POST", &base);
    let json = json.header("content-type", "application/json").body("{}");
    is_a_page_that_leads_nowhere(&house.send(json).await, "135");
}
