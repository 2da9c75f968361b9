//! An app changes its own secrets while it goes on working (reference §3.7).

use protocol::jose::{AccessClaims, SigningAlgorithm};
use protocol::{AppId, MINUTE, PrincipalType};
use sandbox::AppFacts;
use serde_json::{Value, json};
use testkit::{Answer, House};
use uuid::Uuid;

/// An access token of the app itself, as its client credentials yield it.
fn app_token(house: &House, client: AppId, change: impl FnOnce(&mut AccessClaims)) -> String {
    let now = house.now().as_seconds();
    let mut claims = AccessClaims {
        iss: house.center("us2").parse().unwrap(),
        sub: client.as_uuid(),
        aud: house.center("us2").to_owned(),
        client_id: client,
        company: None,
        principal_type: PrincipalType::App,
        version: 2,
        scopes: Vec::new(),
        jti: Uuid::from_u128(5).to_string(),
        grant_id: None,
        iat: now,
        nbf: now,
        exp: now + 3_600,
    };
    change(&mut claims);
    let keys = house.platform.keys().unwrap();
    keys.signing(SigningAlgorithm::Rs256).sign(&claims).unwrap()
}

struct Secrets<'a> {
    house: &'a House,
    token: String,
    base: String,
}

impl<'a> Secrets<'a> {
    fn of(house: &'a House, app: &AppFacts) -> Secrets<'a> {
        let id = app.client_id;
        Secrets {
            house,
            token: app_token(house, id, |_| {}),
            base: format!("{}/app-mgmt/v4/{id}/secrets", house.center("us2")),
        }
    }

    async fn call(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        let url = format!("{}{path}", self.base);
        let mut request = self.house.request(method, &url).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        self.house.send(request).await
    }

    async fn list(&self) -> Vec<Value> {
        let answer = self.call("GET", "", None).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.json().as_array().unwrap().clone()
    }

    async fn switch(&self, id: &str, value: &str) -> Answer {
        self.call("PATCH", &format!("/{id}"), Some(patch(value)))
            .await
    }
}

fn patch(value: &str) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{ "op": "replace", "path": "/status", "value": value }],
    })
}

fn with_secret(app: &AppFacts, secret: &str) -> AppFacts {
    AppFacts {
        client_secret: secret.to_owned(),
        ..app.clone()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s14_a_secret_is_rotated_without_a_moment_in_which_none_works() {
    let house = House::start().await;
    let old = house.app("Meridian").clone();
    let secrets = Secrets::of(&house, &old);
    let connect = house.request_token(house.company("Brackwater"), &old).await;
    let refresh_token = house.exchange(&old, &connect).await.text("refresh_token");
    let works = async |app: &AppFacts| {
        let answer = house.refresh("us2", app, &refresh_token).await;
        match answer.status {
            200 => true,
            _ => {
                assert_eq!((answer.status, answer.code()), (401, 64));
                false
            }
        }
    };
    let [first] = secrets.list().await.try_into().expect("one secret");
    let first_id = first["id"].as_str().unwrap().to_owned();
    assert_eq!(first["status"], "Active");

    // Made, it is not good yet; its value is in this answer and in no other.
    house.advance(MINUTE);
    let made = secrets.call("POST", "", None).await;
    assert_eq!(
        (made.status, made.text("status").as_str()),
        (200, "Inactive")
    );
    assert_eq!(made.text("createdAt"), house.now().to_rfc3339());
    let new = with_secret(&old, &made.text("secret"));
    let new_id = made.text("id");
    assert!(Uuid::try_parse(&new_id).is_ok());
    assert!(works(&old).await && !works(&new).await);
    let listed = secrets.list().await;
    assert_eq!(listed.len(), 2);
    for secret in &listed {
        let mut names: Vec<_> = secret.as_object().unwrap().keys().collect();
        names.sort();
        assert_eq!(names, ["createdAt", "id", "status", "updatedAt"]);
    }

    // Activated, both are good.
    house.advance(MINUTE);
    let active = secrets.switch(&new_id, "active").await;
    assert_eq!(
        (active.status, active.text("status").as_str()),
        (200, "Active")
    );
    assert_eq!(active.text("updatedAt"), house.now().to_rfc3339());
    assert_ne!(active.text("createdAt"), active.text("updatedAt"));
    assert!(works(&old).await && works(&new).await);

    // Deactivated, the old one is not; then it can be deleted.
    let early = secrets.call("DELETE", &format!("/{first_id}"), None).await;
    assert_eq!((early.status, early.code()), (400, 400));
    assert_eq!(secrets.switch(&first_id, "INACTIVE").await.status, 200);
    assert!(!works(&old).await && works(&new).await);
    let gone = secrets.call("DELETE", &format!("/{first_id}"), None).await;
    assert_eq!((gone.status, gone.body.as_str()), (204, ""));
    let again = secrets.call("DELETE", &format!("/{first_id}"), None).await;
    assert_eq!(again.status, 404);
    assert_eq!(secrets.list().await.len(), 1);
    assert!(works(&new).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_cannot_lock_itself_out_nor_pile_up_secrets() {
    let house = House::start().await;
    let app = house.app("Meridian");
    let secrets = Secrets::of(&house, app);
    let only = secrets.list().await[0]["id"].as_str().unwrap().to_owned();
    let last = secrets.switch(&only, "inactive").await;
    assert_eq!(last.status, 400);
    assert!(last.text("error_description").contains("last active"));
    for _ in 1..10 {
        assert_eq!(secrets.call("POST", "", None).await.status, 200);
    }
    assert_eq!(secrets.call("POST", "", None).await.status, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_patch_of_the_status_is_400_and_changes_nothing() {
    let house = House::start().await;
    let secrets = Secrets::of(&house, house.app("Meridian"));
    let id = secrets.call("POST", "", None).await.text("id");
    let mut wrong = vec![json!({}), json!([]), patch("on")];
    for (pointer, value) in [
        ("/schemas/0", json!("urn:example")),
        ("/Operations/0/op", json!("remove")),
        ("/Operations/0/path", json!("/secret")),
        ("/Operations/0/value", json!(true)),
    ] {
        let mut changed = patch("active");
        *changed.pointer_mut(pointer).unwrap() = value;
        wrong.push(changed);
    }
    for body in wrong {
        let answer = secrets
            .call("PATCH", &format!("/{id}"), Some(body.clone()))
            .await;
        assert_eq!((answer.status, answer.code()), (400, 400), "{body}");
        assert!(!answer.text("error_description").is_empty());
    }
    let unknown = secrets
        .switch("00000000-0000-4000-8000-000000000000", "active")
        .await;
    assert_eq!(unknown.status, 404);
    assert_eq!(secrets.switch("not-an-id", "active").await.status, 404);
    let listed = secrets.list().await;
    assert!(
        listed
            .iter()
            .any(|secret| secret["id"] == id.as_str() && secret["status"] == "Inactive")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn s14_s35_only_the_app_itself_gets_at_its_secrets() {
    let house = House::start().await;
    let (app, foreign) = (house.app("Meridian"), house.app("Harbor"));
    let own = Secrets::of(&house, app);
    let id = own.list().await[0]["id"].as_str().unwrap().to_owned();
    // Another app, with a good token of its own: whether there is such an app is not told.
    let at = |id: &str| format!("{}/app-mgmt/v4/{id}/secrets", house.center("us2"));
    for victim in [app.client_id.to_string(), Uuid::from_u128(9).to_string()] {
        let thief = Secrets {
            base: at(&victim),
            ..Secrets::of(&house, foreign)
        };
        for (method, path, body) in [
            ("GET", String::new(), None),
            ("POST", String::new(), None),
            ("PATCH", format!("/{id}"), Some(patch("inactive"))),
            ("DELETE", format!("/{id}"), None),
        ] {
            let answer = thief.call(method, &path, body).await;
            assert_eq!(
                (answer.status, answer.code()),
                (404, 404),
                "{method} {victim}"
            );
        }
    }
    // The app's own address with the foreign secret's id.
    let theirs = Secrets::of(&house, foreign);
    let their_id = theirs.list().await[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(own.switch(&their_id, "inactive").await.status, 404);
    let stolen = own.call("DELETE", &format!("/{their_id}"), None).await;
    assert_eq!(stolen.status, 404);
    // An address that names no app.
    let nonsense = Secrets {
        base: at("meridian"),
        ..Secrets::of(&house, app)
    };
    assert_eq!(nonsense.call("GET", "", None).await.status, 401);
    assert_eq!(own.list().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn s27_only_an_apps_own_good_token_counts() {
    let house = House::start().await;
    let app = house.app("Meridian");
    let connect = house.request_token(house.company("Brackwater"), app).await;
    let of_company = house.exchange(app, &connect).await;
    let id = app.client_id;
    let company = house.company("Brackwater").id;
    let now = house.now().as_seconds();
    let wrong = [
        of_company.text("access_token"),
        of_company.text("id_token"),
        app_token(&house, id, |claims| {
            claims.aud = "https://elsewhere.example".to_owned()
        }),
        app_token(&house, id, |claims| {
            claims.iss = "https://elsewhere.example".parse().unwrap()
        }),
        app_token(&house, id, |claims| claims.sub = Uuid::from_u128(3)),
        app_token(&house, id, |claims| claims.company = Some(company)),
        app_token(&house, id, |claims| {
            claims.principal_type = PrincipalType::Company
        }),
        app_token(&house, id, |claims| claims.exp = now),
        app_token(&house, AppId::from_uuid(Uuid::from_u128(4)), |_| {}),
        "x.y.z".to_owned(),
    ];
    for token in wrong {
        let secrets = Secrets {
            token,
            ..Secrets::of(&house, app)
        };
        let answer = secrets.call("GET", "", None).await;
        assert_eq!(answer.status, 401, "{}", secrets.token);
        assert!(answer.header("www-authenticate").starts_with("Bearer"));
    }
    // At another data centre it counts as well; switched off, the app gets nowhere.
    let elsewhere = Secrets {
        base: format!("{}/app-mgmt/v4/{id}/secrets", house.center("eu2")),
        ..Secrets::of(&house, app)
    };
    assert_eq!(elsewhere.call("GET", "", None).await.status, 200);
    let mut tx = house.platform.db.write().await.unwrap();
    store::apps::set_enabled(&mut tx, id, false).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(elsewhere.call("GET", "", None).await.status, 401);
}
