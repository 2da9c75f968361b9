//! What a company token opens: its own company's data, by scope, and nothing else.

use serde_json::Value;
use testkit::House;

async fn token(house: &House, company: &str, app: &str) -> String {
    let (company, app) = (house.company(company), house.app(app));
    let connect = house.request_token(company, app).await;
    house.exchange(app, &connect).await.text("access_token")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_profile_says_who_the_company_is_and_its_edition() {
    let house = House::start().await;
    for (name, center, marketing) in [
        ("Brackwater", "us2", "Enterprise"),
        ("Feldmann", "eu2", "Standard Edition"),
    ] {
        let token = token(&house, name, "Meridian").await;
        let answer = house.get(center, "/profile/v1/me", &token).await;
        let profile = answer.json();
        assert_eq!(profile["id"], house.company(name).id.to_string());
        assert_eq!(profile["name"], house.company(name).name);
        assert_eq!(
            profile["com:concur:Expense:0.1"]["marketingName"],
            marketing
        );
        assert_eq!(profile["meta"]["principalType"], "company");
        assert!(!answer.header("concur-correlationid").is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s35_all_pages_together_hold_every_report_of_the_company_once_and_no_other() {
    let house = House::start().await;
    let mut seen = std::collections::BTreeMap::new();
    for (name, center) in [("Brackwater", "us2"), ("Feldmann", "eu2"), ("Vireo", "eu2")] {
        let token = token(&house, name, "Meridian").await;
        let domain = house.company(name).users[0]
            .login
            .split('@')
            .next_back()
            .unwrap()
            .to_owned();
        let mut next = Some("/api/v3.0/expense/reports?user=ALL&limit=10".to_owned());
        while let Some(path) = next {
            let page = house.get(center, &path, &token).await.json();
            let items = page["Items"].as_array().unwrap().clone();
            assert!(!items.is_empty() && items.len() <= 10);
            for item in items {
                let id = item["ID"].as_str().unwrap().to_owned();
                assert!(item["OwnerLoginID"].as_str().unwrap().ends_with(&domain));
                assert_eq!(seen.insert(id, name), None, "a report came twice");
            }
            next = page["NextPage"].as_str().map(|uri| {
                uri.strip_prefix(house.center(center))
                    .expect("same data centre")
                    .to_owned()
            });
        }
    }
    let of = |name| seen.values().filter(|owner| **owner == name).count();
    assert!(
        of("Brackwater") > 100 && of("Feldmann") >= 24 && of("Vireo") >= 24,
        "{seen:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_and_limits_hold_and_nonsense_is_explained() {
    let house = House::start().await;
    let token = token(&house, "Brackwater", "Meridian").await;
    let list = |query: &str| {
        let path = format!("/api/v3.0/expense/reports?user=ALL&{query}");
        let (house, token) = (&house, &token);
        async move { house.get("us2", &path, token).await }
    };
    let field = |items: &Value, name: &str, wanted: &[&str]| {
        let items = items["Items"].as_array().unwrap();
        assert!(!items.is_empty(), "{name} found nothing");
        assert!(
            items
                .iter()
                .all(|item| wanted.contains(&item[name].as_str().unwrap()))
        );
    };
    assert_eq!(list("").await.json()["Items"].as_array().unwrap().len(), 25);
    assert_eq!(
        list("limit=1000").await.json()["Items"]
            .as_array()
            .unwrap()
            .len(),
        100
    );
    let paid = list("approvalStatusCode=A_APPR&paymentStatusCode=P_PAID,P_PROC")
        .await
        .json();
    field(&paid, "ApprovalStatusCode", &["A_APPR"]);
    field(&paid, "PaymentStatusCode", &["P_PAID", "P_PROC"]);
    field(
        &list("currencyCode=usd").await.json(),
        "CurrencyCode",
        &["USD"],
    );
    let all = list("limit=100").await.json();
    let dates = |items: &Value| -> Vec<String> {
        let items = items["Items"].as_array().unwrap();
        items
            .iter()
            .filter_map(|item| item["SubmitDate"].as_str().map(str::to_owned))
            .collect()
    };
    let middle = &dates(&all)[40];
    let recent = list(&format!("limit=100&submitDateAfter={middle}"))
        .await
        .json();
    assert!(dates(&recent).iter().all(|date| date >= middle) && !dates(&recent).is_empty());
    for bad in [
        "limit=0",
        "limit=ten",
        "offset=x",
        "submitDateAfter=yesterday",
        "hasVAT=true",
    ] {
        let answer = list(bad).await;
        assert_eq!(answer.status, 400, "{bad}");
        assert!(
            answer.json()["Error"]["Message"].as_str().unwrap().len() > 20,
            "{bad}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_report_is_read_and_a_foreign_one_is_not_there() {
    let house = House::start().await;
    let (ours, theirs) = (
        token(&house, "Feldmann", "Meridian").await,
        token(&house, "Vireo", "Meridian").await,
    );
    let list = house
        .get("eu2", "/api/v3.0/expense/reports?user=ALL&limit=1", &ours)
        .await
        .json();
    let path = format!(
        "/api/v3.0/expense/reports/{}",
        list["Items"][0]["ID"].as_str().unwrap()
    );
    let one = house.get("eu2", &path, &ours).await.json();
    assert_eq!(one, list["Items"][0]);
    assert_eq!(house.get("eu2", &path, &theirs).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_token_401_and_without_the_scope_403() {
    let house = House::start().await;
    let path = "/api/v3.0/expense/reports?user=ALL";
    let url = format!("{}{path}", house.center("us2"));
    let bare = house.send(house.request("GET", &url)).await;
    assert_eq!(bare.status, 401);
    assert!(bare.header("www-authenticate").starts_with("Bearer"));
    assert_eq!(house.get("us2", path, "nonsense").await.status, 401);
    let good = token(&house, "Brackwater", "Meridian").await;
    let (head, _) = good.rsplit_once('.').unwrap();
    assert_eq!(
        house.get("us2", path, &format!("{head}.AAAA")).await.status,
        401
    );
    // An id_token is no access token (S27).
    let (company, app) = (house.company("Brackwater"), house.app("Meridian"));
    let connect = house.request_token(company, app).await;
    let id_token = house.exchange(app, &connect).await.text("id_token");
    assert_eq!(house.get("us2", path, &id_token).await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_token_sees_the_users_own_reports() {
    let house = House::start().await;
    let token = token(&house, "Brackwater", "Pedalpath").await;
    let admin = house.admin(house.company("Brackwater"));
    let own = house
        .get("us2", "/api/v3.0/expense/reports?limit=100", &token)
        .await
        .json();
    let items = own["Items"].as_array().unwrap();
    assert!(!items.is_empty());
    assert!(items.iter().all(|item| item["OwnerLoginID"] == admin.login));
}
