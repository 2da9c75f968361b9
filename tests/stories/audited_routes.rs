//! Whatever anybody changes stands in the audit log (S36): each route that could change something is
//! walked, or it is said why it needs no event.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::future::Future;

use http::Method;
use protocol::HOUR;
use sandbox::{AppFacts, UserFacts};
use serde_json::json;
use store::audit::{Actor, Event};
use store::audit_events;
use testkit::{Answer, House, Visitor, boxed, hidden};

use crate::one_time_passwords;

enum Leaves {
    /// These events, each of which is seen below.
    Events(&'static [&'static str]),
    /// None, and why.
    Nothing(&'static str),
}

use Leaves::{Events, Nothing};

const ROUTES: &[(&str, Leaves)] = &[
    (
        "POST /oauth2/v0/authorize",
        Nothing("seals what is asked for into an address, and stores nothing"),
    ),
    (
        "POST /oauth2/v0/token",
        // A refresh gives the same connection another token: the token's own row tells when.
        Events(&["connected", "reconnected", "replay_detected"]),
    ),
    ("POST /oauth2/v0/otp", Events(&["one_time_password_minted"])),
    (
        "POST /oauth2/v0/introspect",
        Nothing("asks; that a token arrived stands in the token's own row"),
    ),
    (
        "POST /oauth2/v0/revoke",
        Events(&[
            "access_token_revoked",
            "refresh_token_revoked",
            "disconnected",
        ]),
    ),
    ("POST /oauth2/v0/userinfo", Nothing("reads")),
    ("DELETE /app-mgmt/v0/connections", Events(&["disconnected"])),
    (
        "POST /app-mgmt/v4/{id}/secrets",
        Events(&["secret_created"]),
    ),
    (
        "PATCH /app-mgmt/v4/{id}/secrets/{secret}",
        Events(&["secret_activated", "secret_deactivated"]),
    ),
    (
        "DELETE /app-mgmt/v4/{id}/secrets/{secret}",
        Events(&["secret_deleted"]),
    ),
    ("POST /sign-in", Events(&["signed_in"])),
    ("POST /authorize/sign-in", Events(&["signed_in"])),
    ("POST /authorize", Events(&["authorization_granted"])),
    ("POST /confirm-password", Events(&["signed_in"])),
    ("POST /sign-out", Events(&["signed_out"])),
    ("POST /administration/apps", Events(&["app_registered"])),
    (
        "POST /administration/apps/{id}/edit",
        Events(&["app_changed"]),
    ),
    (
        "POST /administration/apps/{id}/secrets",
        Events(&["secret_created"]),
    ),
    (
        "POST /administration/apps/{id}/secrets/{secret}",
        Events(&["secret_activated", "secret_deactivated", "secret_deleted"]),
    ),
    (
        "POST /administration/apps/{id}/switch",
        Events(&["app_disabled", "app_enabled"]),
    ),
    (
        "POST /administration/request-tokens",
        Events(&["request_token_minted"]),
    ),
    (
        "POST /app-center/connections/{id}/disconnect",
        Events(&["disconnected"]),
    ),
    (
        "POST /app-center/listings/{id}/cancel",
        Events(&["connect_cancelled"]),
    ),
    (
        "POST /app-center/listings/{id}/closed",
        Nothing("the page stops waiting for a window; what was handed out stays as good as it was"),
    ),
    (
        "POST /app-center/listings/{id}/connect",
        Events(&["terms_accepted", "connect_started"]),
    ),
    (
        "POST /app-center/listings/{id}/disconnect",
        Events(&["disconnected"]),
    ),
    (
        "POST /app-center/listings/{id}/request-information",
        Events(&["lead_submitted"]),
    ),
];

#[test]
fn s36_every_route_that_could_change_something_is_accounted_for() {
    let api = node::api_endpoints();
    let pages = app_center::routes();
    let changing = api.iter().chain(pages.endpoints());
    let changing: BTreeSet<String> = changing
        .filter(|endpoint| endpoint.method != Method::GET)
        .map(|endpoint| {
            format!(
                "{} {}",
                endpoint.method,
                endpoint.path.trim_end_matches('/')
            )
        })
        .collect();
    let listed: BTreeSet<String> = ROUTES
        .iter()
        .map(|(route, _)| (*route).to_owned())
        .collect();
    assert_eq!(changing, listed);
    for (route, leaves) in ROUTES {
        if let Nothing(why) = leaves {
            assert!(why.len() > 4, "{route} needs a reason");
        }
    }
}

struct Walk<'a> {
    house: &'a House,
    seen: RefCell<BTreeSet<(&'static str, &'static str)>>,
}

impl Walk<'_> {
    /// Does something through a route, and sees the event that it leaves.
    async fn sees(
        &self,
        route: &'static str,
        action: &'static str,
        done: impl Future<Output = Answer>,
    ) -> Answer {
        // Each at an instant of its own.
        self.house.advance(std::time::Duration::from_millis(1));
        let before = self.house.now();
        let answer = done.await;
        let what = format!("{route}: {action}: {} {}", answer.status, answer.body);
        let mut tx = self.house.platform.db.read().await.unwrap();
        let rows = audit_events::since(&mut tx, before).await.unwrap();
        let events = rows
            .iter()
            .map(|row| serde_json::from_str(&row.content).unwrap());
        let event: Option<Event> = events
            .into_iter()
            .find(|event: &Event| event.action.as_str() == action);
        let event = event.unwrap_or_else(|| panic!("{what}: only {rows:?}"));
        assert!(!event.correlation_id.is_empty(), "{what}");
        let platforms = action == "replay_detected";
        assert_eq!(event.actor == Actor::Platform, platforms, "{what}");
        // A partner's own secrets belong to no company.
        let of_partner = route.contains("/app-mgmt/v4/");
        assert_eq!(event.company.is_none(), of_partner, "{what}");
        if !["signed_in", "signed_out"].contains(&action) {
            assert!(event.app.is_some(), "{what}");
        }
        self.seen.borrow_mut().insert((route, action));
        answer
    }

    /// A connection of Brackwater with an app: its access and refresh tokens.
    async fn connect(&self, app: &AppFacts) -> (String, String) {
        let company = self.house.company("Brackwater");
        let connect = self.house.request_token(company, app).await;
        let answer = self.house.exchange(app, &connect).await;
        let access = answer.text("access_token");
        assert_eq!(
            self.house.introspect("us2", app, &access).await.json()["active"],
            true
        );
        (access, answer.text("refresh_token"))
    }

    async fn tokens(&self) {
        let (house, app) = (self.house, self.house.app("Meridian"));
        let company = house.company("Brackwater");
        for action in ["connected", "reconnected"] {
            let connect = house.request_token(house.company("Feldmann"), app).await;
            let exchange = house.exchange(app, &connect);
            self.sees("POST /oauth2/v0/token", action, exchange).await;
        }
        let (_, old) = self.connect(app).await;
        house.advance(8 * protocol::DAY);
        let new = house.refresh("us2", app, &old).await.text("refresh_token");
        house.refresh("us2", app, &new).await;
        let replay = house.refresh("us2", app, &old);
        self.sees("POST /oauth2/v0/token", "replay_detected", replay)
            .await;

        let revoke = "POST /oauth2/v0/revoke";
        let (access, refresh) = self.connect(app).await;
        let done = house.revoke_token("us2", app, &access);
        self.sees(revoke, "access_token_revoked", done).await;
        let done = house.revoke_token("us2", app, &refresh);
        self.sees(revoke, "refresh_token_revoked", done).await;
        let (_, refresh) = self.connect(app).await;
        let done = house.revoke_token("us2", app, &refresh);
        self.sees(revoke, "disconnected", done).await;
        let (access, _) = self.connect(app).await;
        let done = house.revoke("us2", &access);
        self.sees("DELETE /app-mgmt/v0/connections", "disconnected", done)
            .await;

        let login = &house.employee(company).login;
        let asked = one_time_passwords::ask(house, login, &[]);
        self.sees("POST /oauth2/v0/otp", "one_time_password_minted", asked)
            .await;
    }

    /// An app changes its own secrets.
    async fn secrets(&self) {
        let (house, app) = (self.house, self.house.app("Meridian"));
        let token = house.app_token("us2", app).await.text("access_token");
        let base = format!(
            "{}/app-mgmt/v4/{}/secrets",
            house.center("us2"),
            app.client_id
        );
        let call = |method: &str, path: &str, status: Option<&str>| {
            let mut request = house
                .request(method, &format!("{base}{path}"))
                .bearer_auth(&token);
            if let Some(status) = status {
                request = request.json(&json!({
                    "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
                    "Operations": [{ "op": "replace", "path": "/status", "value": status }],
                }));
            }
            house.send(request)
        };
        let made = call("POST", "", None);
        let made = self
            .sees("POST /app-mgmt/v4/{id}/secrets", "secret_created", made)
            .await;
        let path = format!("/{}", made.text("id"));
        let one = "PATCH /app-mgmt/v4/{id}/secrets/{secret}";
        self.sees(
            one,
            "secret_activated",
            call("PATCH", &path, Some("active")),
        )
        .await;
        self.sees(
            one,
            "secret_deactivated",
            call("PATCH", &path, Some("inactive")),
        )
        .await;
        let gone = call("DELETE", &path, None);
        self.sees(
            "DELETE /app-mgmt/v4/{id}/secrets/{secret}",
            "secret_deleted",
            gone,
        )
        .await;
    }

    /// Signs in and out, and gives the password again.
    async fn sessions(&self, user: &UserFacts) {
        let visitor = Visitor::new(self.house);
        let csrf = hidden(&visitor.get("/sign-in").await, "csrf");
        let fields = [
            ("login", user.login.as_str()),
            ("password", &user.password),
            ("csrf", &csrf),
        ];
        self.sees(
            "POST /sign-in",
            "signed_in",
            visitor.post("/sign-in", &fields),
        )
        .await;
        let password = [("password", user.password.as_str())];
        let confirmed = visitor.submit("/confirm-password", &password);
        self.sees("POST /confirm-password", "signed_in", confirmed)
            .await;
        self.sees(
            "POST /sign-out",
            "signed_out",
            visitor.submit("/sign-out", &[]),
        )
        .await;

        let visitor = Visitor::new(self.house);
        let app = self.house.app("Pedalpath");
        let url = self.house.authorize_url("us2", app, &[]);
        let page = visitor.authorize(&url).await;
        let signed_in = visitor.sign_in(&page, user);
        let page = self
            .sees("POST /authorize/sign-in", "signed_in", signed_in)
            .await;
        let allowed = visitor.answer(&page, "allow");
        self.sees("POST /authorize", "authorization_granted", allowed)
            .await;
    }

    /// The pages of an administrator.
    async fn administration(&self, visitor: &Visitor<'_>) {
        let apps = "/administration/apps";
        let named = |name: &'static str| {
            [
                ("name", name),
                ("description", "Books reports into the ledger"),
                ("stage", "Production"),
                ("application_type", "WS"),
                ("principal_type", "company"),
                ("grant_password", "yes"),
                ("grant_refresh_token", "yes"),
                ("scope_openid", "yes"),
            ]
        };
        let fields = named("Brackwater bridge");
        let made = visitor.submit(apps, &fields);
        let made = self
            .sees("POST /administration/apps", "app_registered", made)
            .await;
        let client = boxed(&made, "client_id");
        let page = format!("{apps}/{client}");

        let fields = named("Brackwater ferry");
        let path = format!("{page}/edit");
        let edited = visitor.submit(&path, &fields);
        self.sees("POST /administration/apps/{id}/edit", "app_changed", edited)
            .await;
        let path = format!("{page}/switch");
        for (enabled, action) in [("no", "app_disabled"), ("yes", "app_enabled")] {
            let fields = [("enabled", enabled)];
            let switched = visitor.submit(&path, &fields);
            self.sees("POST /administration/apps/{id}/switch", action, switched)
                .await;
        }
        let path = format!("{page}/secrets");
        let created = visitor.submit(&path, &[]);
        self.sees(
            "POST /administration/apps/{id}/secrets",
            "secret_created",
            created,
        )
        .await;
        let mut tx = self.house.platform.db.read().await.unwrap();
        let all = store::app_secrets::all(&mut tx, client.parse().unwrap()).await;
        drop(tx);
        let all = all.unwrap();
        let new = all.iter().find(|secret| !secret.active).unwrap();
        let path = format!("{page}/secrets/{}", new.id);
        for (word, action) in [
            ("activate", "secret_activated"),
            ("deactivate", "secret_deactivated"),
            ("delete", "secret_deleted"),
        ] {
            let fields = [("action", word)];
            let done = visitor.submit(&path, &fields);
            self.sees(
                "POST /administration/apps/{id}/secrets/{secret}",
                action,
                done,
            )
            .await;
        }
        let fields = [("app_id", client.as_str())];
        let minted = visitor.submit("/administration/request-tokens", &fields);
        self.sees(
            "POST /administration/request-tokens",
            "request_token_minted",
            minted,
        )
        .await;

        let own = AppFacts {
            client_id: client.parse().unwrap(),
            client_secret: boxed(&made, "client_secret"),
            ..self.house.app("Meridian").clone()
        };
        self.connect(&own).await;
        let path = format!("/app-center/connections/{client}/disconnect");
        let ended = visitor.submit(&path, &[]);
        self.sees(
            "POST /app-center/connections/{id}/disconnect",
            "disconnected",
            ended,
        )
        .await;
    }

    /// A listing, from its terms to its end.
    async fn listing(&self, visitor: &Visitor<'_>) {
        let app = self.house.app("Meridian");
        let page = app.listing.clone();
        let terms = visitor.get(&format!("{page}/terms")).await;
        let boxes = [
            "end_user_terms",
            "shared_information",
            "company_authorization",
        ];
        let ticked = boxes.map(|name| (name, hidden(&terms, name)));
        let ticked = ticked
            .each_ref()
            .map(|(name, version)| (*name, version.as_str()));
        let connect = "POST /app-center/listings/{id}/connect";
        let path = format!("{page}/connect");
        let done = visitor.submit(&path, &ticked);
        self.sees(connect, "terms_accepted", done).await;
        let again = [ticked[1]];
        let done = visitor.submit(&path, &again);
        self.sees(connect, "connect_started", done).await;
        let path = format!("{page}/cancel");
        let done = visitor.submit(&path, &[]);
        self.sees(
            "POST /app-center/listings/{id}/cancel",
            "connect_cancelled",
            done,
        )
        .await;
        self.connect(app).await;
        let path = format!("{page}/disconnect");
        let done = visitor.submit(&path, &[]);
        self.sees(
            "POST /app-center/listings/{id}/disconnect",
            "disconnected",
            done,
        )
        .await;
        let path = format!("{page}/request-information");
        let fields = [
            ("first_name", "Tobias"),
            ("last_name", "Holloway"),
            ("email", "tobias@brackwater.example"),
            ("phone", "+1 614 555 0100"),
            ("company", "Brackwater Instruments"),
            ("employees", "214"),
            ("country", "US"),
            ("consent", "yes"),
        ];
        let done = visitor.submit(&path, &fields);
        let route = "POST /app-center/listings/{id}/request-information";
        self.sees(route, "lead_submitted", done).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s36_whatever_a_route_changes_stands_in_the_log() {
    let house = House::start().await;
    let walk = Walk {
        house: &house,
        seen: RefCell::default(),
    };
    let company = house.company("Brackwater");
    let admin = house.admin(company);
    let visitor = Visitor::signed_in(&house, admin).await;
    walk.listing(&visitor).await;
    walk.administration(&visitor).await;
    walk.sessions(admin).await;
    walk.secrets().await;
    house.advance(HOUR);
    walk.tokens().await;

    let expected: BTreeSet<_> = ROUTES
        .iter()
        .flat_map(|(route, leaves)| match leaves {
            Events(actions) => actions.iter().map(|action| (*route, *action)).collect(),
            Nothing(_) => Vec::new(),
        })
        .collect();
    assert_eq!(*walk.seen.borrow(), expected);
}
