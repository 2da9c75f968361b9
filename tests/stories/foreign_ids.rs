//! Every route that takes an id, called with another company's: it is not there (S35).

use protocol::PrincipalType;
use sandbox::AppFacts;
use store::registration::NewApp;
use testkit::{Answer, House, Visitor};
use web::{Access, Endpoint};

/// Whose the id in a route's path is.
#[derive(Clone, Copy)]
enum Id {
    /// Of what every company sees: a listing, a legal text.
    Everybodys,
    /// A company's own app, or a secret of it.
    OwnApp,
    /// An app that a company has connected to.
    Connection,
    Report,
}

/// A route that takes an id says here whose: whoever adds one decides what a foreign id finds.
#[track_caller]
fn id_of(path: &str) -> Id {
    const OF: &[(&str, Id)] = &[
        ("/app-center/listings/{id}", Id::Everybodys),
        ("/app-center/images/{id}/{name}", Id::Everybodys),
        ("/legal/{kind}", Id::Everybodys),
        ("/administration/apps/{id}", Id::OwnApp),
        ("/app-mgmt/v4/{id}/secrets", Id::OwnApp),
        ("/app-center/connections/{id}", Id::Connection),
        ("/api/v3.0/expense/reports/{id}", Id::Report),
    ];
    let known = OF.iter().find(|(begin, _)| path.starts_with(begin));
    let (_, id) = known.unwrap_or_else(|| panic!("whose is the id in {path}? Say it here"));
    *id
}

/// What belongs to one company, and who may see it.
struct Owner<'a> {
    visitor: Visitor<'a>,
    app: AppFacts,
    secret: String,
    report: String,
    access_token: String,
    app_token: String,
}

impl<'a> Owner<'a> {
    async fn of(house: &'a House, company: &str) -> Owner<'a> {
        let company = house.company(company);
        let app = house.register(own_app(company.name.as_str())).await;
        let mut tx = house.write().await;
        let owned = "INSERT INTO customer_apps (company_id, client_id, description, stage,
               application_type, created_at, created_by, modified_at)
             VALUES ($1, $2, '', 'Test', 'WS', 0, $3, 0)";
        let (owner, maker) = (company.id.to_string(), house.admin(company).id.to_string());
        let values = db::values![owner, app.client_id.to_string(), maker];
        tx.execute(owned, &values).await.unwrap();
        let secrets = store::app_secrets::all(&mut tx, app.client_id).await;
        let secret = secrets.unwrap()[0].id.to_string();
        tx.commit().await.unwrap();
        let connect = house.request_token(company, &app).await;
        let granted = house.exchange(&app, &connect).await;
        let access_token = granted.text("access_token");
        let all = "/api/v3.0/expense/reports?user=ALL";
        let reports = house.get("us2", all, &access_token).await.json();
        Owner {
            visitor: Visitor::signed_in(house, house.admin(company)).await,
            report: reports["Items"][0]["ID"].as_str().unwrap().to_owned(),
            app_token: house.app_token("us2", &app).await.text("access_token"),
            access_token,
            app,
            secret,
        }
    }

    fn path(&self, endpoint: &Endpoint) -> String {
        let id = match id_of(endpoint.path) {
            Id::Everybodys => unreachable!("nobody is asked for it"),
            Id::OwnApp | Id::Connection => self.app.client_id.to_string(),
            Id::Report => self.report.clone(),
        };
        let path = endpoint.path.replace("{id}", &id);
        path.replace("{secret}", &self.secret)
    }

    /// Calls a route with what the call needs, so that nothing but the id can be wrong with it.
    async fn call(&self, house: &House, endpoint: &Endpoint, path: &str) -> Answer {
        if endpoint.access != Access::Bearer {
            let fields = [("enabled", "no"), ("action", "delete")];
            return match endpoint.method.as_str() {
                "GET" => self.visitor.get(path).await,
                _ => self.visitor.submit(path, &fields).await,
            };
        }
        let token = match id_of(endpoint.path) {
            Id::OwnApp => &self.app_token,
            _ => &self.access_token,
        };
        let url = format!("{}{path}", house.center("us2"));
        let mut request = house.request(endpoint.method.as_str(), &url);
        if endpoint.method.as_str() == "PATCH" {
            request = request.json(&serde_json::json!({
                "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
                "Operations": [{ "op": "replace", "path": "/status", "value": "inactive" }],
            }));
        }
        house.send(request.bearer_auth(token)).await
    }
}

fn own_app(company: &str) -> NewApp {
    NewApp {
        name: format!("The bridge of {company}"),
        grants: ["password", "refresh_token", "client_credentials"]
            .map(str::to_owned)
            .to_vec(),
        scopes: ["openid", "company.read", "EXPRPT"]
            .map(str::to_owned)
            .to_vec(),
        redirect_uris: Vec::new(),
        connect_uri: None,
        allowed_principal: None,
        algorithm: protocol::jose::SigningAlgorithm::Es256,
        principal_type: PrincipalType::Company,
        require_pkce: false,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s35_no_route_finds_another_companys_id() {
    let house = House::start().await;
    let owner = Owner::of(&house, "Brackwater").await;
    let thief = Owner::of(&house, "Amalgamated").await;
    let api = node::api_endpoints();
    let app_center = app_center::routes();
    let routes = api.iter().chain(app_center.endpoints());
    let mut asked = 0;
    for endpoint in routes.filter(|endpoint| endpoint.path.contains('{')) {
        if matches!(id_of(endpoint.path), Id::Everybodys) {
            continue;
        }
        let path = owner.path(endpoint);
        let what = format!("{} {path}", endpoint.method);
        let answer = thief.call(&house, endpoint, &path).await;
        assert_eq!(answer.status, 404, "{what}: {}", answer.body);
        // It is there: its owner finds it.
        if endpoint.method.as_str() == "GET" {
            let answer = owner.call(&house, endpoint, &path).await;
            assert_eq!(answer.status, 200, "{what}: {}", answer.body);
        }
        asked += 1;
    }
    assert!(asked >= 15, "{asked} routes take an id of a company's");
    let access_token = &owner.access_token;
    let still = house.get("us2", "/profile/v1/me", access_token).await;
    assert_eq!(
        still.status, 200,
        "nothing of it was changed: {}",
        still.body
    );
    let still = house.app_token("us2", &owner.app).await;
    assert_eq!(still.status, 200, "{}", still.body);
}
