//! Two nodes on one PostgreSQL database: what one decides, the other does not decide otherwise.

use std::collections::BTreeSet;

use protocol::{DAY, Principal, RequestTokenAnswer};
use sandbox::AppFacts;
use testkit::{Answer, House, SecondNode};
use tokio::task::JoinSet;

/// Sends the form so often, to one node and the other in turn, all at once.
async fn both(
    house: &House,
    second: &SecondNode<'_>,
    form: &[(&str, &str)],
    times: usize,
) -> Vec<Answer> {
    let first = format!("{}/oauth2/v0/token", house.center("glz"));
    let mut calls = JoinSet::new();
    for at in 0..times {
        let request = match at % 2 {
            0 => house.request("POST", &first).form(form),
            _ => second.token("glz", form),
        };
        calls.spawn(async { Answer::read(request.send().await.unwrap()).await });
    }
    calls.join_all().await
}

fn refreshing<'a>(app: &'a AppFacts, id: &'a str, token: &'a str) -> [(&'a str, &'a str); 4] {
    [
        ("client_id", id),
        ("client_secret", &app.client_secret),
        ("grant_type", "refresh_token"),
        ("refresh_token", token),
    ]
}

/// How many refresh tokens the platform holds in all, and how many of them are live.
async fn tokens(house: &House) -> (i64, i64) {
    let mut tx = house.platform.db.read().await.unwrap();
    let sql = "SELECT COUNT(*) AS number,
           COUNT(CASE WHEN state = 'live' THEN 1 END) AS live FROM refresh_tokens";
    let row = tx.query_opt(sql, &[]).await.unwrap().unwrap();
    (row.get("number").unwrap(), row.get("live").unwrap())
}

async fn exchanged(house: &House, app: &AppFacts) -> (RequestTokenAnswer, String) {
    let connect = house.request_token(house.company("Brackwater"), app).await;
    let refresh_token = house.exchange(app, &connect).await.text("refresh_token");
    (connect, refresh_token)
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL"]
async fn s15_parallel_refreshes_at_two_nodes_yield_one_successor() {
    let house = House::start().await;
    let second = house.second_node().await;
    let app = house.app("Meridian");
    let id = app.client_id.to_string();
    let (_, old) = exchanged(&house, app).await;
    assert_eq!(house.refresh("us2", app, &old).await.status, 200);
    house.advance(8 * DAY);
    let answers = both(&house, &second, &refreshing(app, &id, &old), 20).await;
    let values: BTreeSet<String> = answers
        .iter()
        .map(|answer| answer.text("refresh_token"))
        .collect();
    assert_eq!(values.len(), 1);
    assert!(!values.contains(&old));
    assert_eq!(tokens(&house).await.0, 2, "the old one and its successor");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL"]
async fn s11_parallel_exchanges_at_two_nodes_yield_one_connection_five_times() {
    let house = House::start().await;
    let second = house.second_node().await;
    let app = house.app("Meridian");
    let connect = house.request_token(house.company("Brackwater"), app).await;
    let (id, username) = (app.client_id.to_string(), connect.id.to_string());
    let form = [
        ("client_id", id.as_str()),
        ("client_secret", &app.client_secret),
        ("grant_type", "password"),
        ("credtype", "authtoken"),
        ("username", &username),
        ("password", &connect.request_token),
    ];
    let answers = both(&house, &second, &form, 12).await;
    let (good, refused): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 200);
    assert_eq!(good.len(), 5, "each is counted");
    assert!(refused.iter().all(|answer| answer.code() == 5));
    let first = good[0].text("refresh_token");
    assert!(
        good.iter()
            .all(|answer| answer.text("refresh_token") == first)
    );
    assert_eq!(tokens(&house).await, (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL"]
async fn s20_what_is_disconnected_at_one_node_is_refused_at_the_other() {
    let house = House::start().await;
    let second = house.second_node().await;
    let (company, app) = (house.company("Brackwater"), house.app("Meridian"));
    let id = app.client_id.to_string();
    let (_, old) = exchanged(&house, app).await;
    assert_eq!(house.refresh("us2", app, &old).await.status, 200);
    house.advance(8 * DAY);
    // While both rotate it, somebody disconnects: whoever came first, nothing is live afterwards.
    let form = refreshing(app, &id, &old);
    let company = Principal::Company(company.id);
    let (answers, ended) = tokio::join!(
        both(&house, &second, &form, 10),
        house.disconnect(company, app)
    );
    assert!(ended);
    assert!(
        answers
            .iter()
            .all(|answer| answer.status == 200 || answer.code() == 108)
    );
    assert_eq!(tokens(&house).await.1, 0);
    for answer in answers.iter().filter(|answer| answer.status == 200) {
        let newest = answer.text("refresh_token");
        let again = second.token("glz", &refreshing(app, &id, &newest));
        let refused = house.send(again).await;
        assert_eq!(refused.code(), 108);
    }
}
