//! Many calls at once with one token.

use protocol::{DAY, RequestTokenAnswer};
use sandbox::{AppFacts, CompanyFacts};
use testkit::{Answer, House};

/// Without limits: what is proven must not hang on them.
async fn unlimited() -> House {
    House::start_with(|settings| {
        settings.call_limits = store::CallLimits {
            per_client: None,
            per_company: None,
            per_address: None,
            failures_per_address: None,
        };
    })
    .await
}

/// Sends the same request so often at once, each on a connection of its own.
async fn at_once(
    house: &House,
    count: usize,
    app: &AppFacts,
    form: &[(&str, &str)],
) -> Vec<Answer> {
    let client_id = app.client_id.to_string();
    let credentials = [
        ("client_id", client_id.as_str()),
        ("client_secret", &app.client_secret),
    ];
    let form = [&credentials, form].concat();
    let url = format!("{}/oauth2/v0/token", house.center("glz"));
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..count {
        let request = house.request("POST", &url).form(&form);
        // A loaded machine may take its time.
        let request = request.timeout(std::time::Duration::from_secs(300));
        tasks.spawn(async { Answer::read(request.send().await.unwrap()).await });
    }
    tasks.join_all().await
}

async fn count(house: &House, sql: &str, company: &CompanyFacts) -> usize {
    let mut tx = house.platform.db.read().await.unwrap();
    let parameters = db::values![company.id.to_string()];
    tx.query(sql, &parameters).await.unwrap().len()
}

#[tokio::test(flavor = "multi_thread")]
async fn s15_two_to_256_refreshes_at_once_yield_one_successor() {
    let house = unlimited().await;
    let (company, app) = (house.company("Brackwater"), house.app("Meridian"));
    let connect = house.request_token(company, app).await;
    let mut token = house.exchange(app, &connect).await.text("refresh_token");
    for (rotation, callers) in [2, 16, 64, 256].into_iter().enumerate() {
        assert_eq!(house.refresh("us2", app, &token).await.status, 200);
        house.advance(8 * DAY);
        let form = [("grant_type", "refresh_token"), ("refresh_token", &token)];
        let mut values = Vec::new();
        for answer in at_once(&house, callers, app, &form).await {
            assert_eq!(answer.status, 200, "{callers}: {}", answer.body);
            values.push(answer.text("refresh_token"));
        }
        assert!(
            values
                .iter()
                .all(|value| *value == values[0] && *value != token)
        );
        let all = "SELECT id FROM refresh_tokens WHERE company_id = $1";
        assert_eq!(count(&house, all, company).await, rotation + 2);
        token = values.swap_remove(0);
    }
    assert_eq!(house.refresh("us2", app, &token).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn s11_256_exchanges_at_once_yield_one_connection_and_five_answers() {
    let house = unlimited().await;
    let (company, app) = (house.company("Brackwater"), house.app("Meridian"));
    let RequestTokenAnswer {
        id, request_token, ..
    } = house.request_token(company, app).await;
    let id = id.to_string();
    let form = [
        ("grant_type", "password"),
        ("credtype", "authtoken"),
        ("username", id.as_str()),
        ("password", &request_token),
    ];
    let (mut values, mut refused) = (Vec::new(), 0);
    for answer in at_once(&house, 256, app, &form).await {
        if answer.status == 200 {
            values.push(answer.text("refresh_token"));
        } else {
            assert_eq!((answer.status, answer.code()), (400, 5), "{}", answer.body);
            refused += 1;
        }
    }
    assert_eq!((values.len(), refused), (5, 251));
    assert!(values.iter().all(|value| *value == values[0]));
    for rows in [
        "SELECT id FROM refresh_tokens WHERE company_id = $1",
        "SELECT state FROM connections WHERE company_id = $1",
        "SELECT id FROM connection_events WHERE company_id = $1",
    ] {
        assert_eq!(count(&house, rows, company).await, 1, "{rows}");
    }
}
