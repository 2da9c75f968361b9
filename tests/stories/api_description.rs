//! `/openapi.json`: every route is in it, it is the one that is committed, and it is true.

use serde_json::{Value, json};
use testkit::House;

use crate::independent_clients::companies;
use crate::scripts::python;

fn committed() -> Value {
    let text = include_str!("../../docs/integrate/openapi.json");
    serde_json::from_str(text).expect("docs/integrate/openapi.json is JSON")
}

#[test]
fn the_committed_one_is_that_of_the_code() {
    let current: Value = serde_json::from_str(&node::openapi()).unwrap();
    assert!(
        committed() == current,
        "run: cargo run -q -p quickconnect -- openapi > docs/integrate/openapi.json"
    );
}

#[test]
fn every_route_is_described_and_everything_described_is_routed() {
    let described: Vec<String> = committed()["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, item)| item.as_object().unwrap().keys().map(move |key| (key, path)))
        .map(|(method, path)| format!("{} {path}", method.to_uppercase()))
        .collect();
    let routed: Vec<String> = node::api_endpoints()
        .iter()
        // A slash at the end is another way to write the same.
        .map(|endpoint| {
            format!(
                "{} {}",
                endpoint.method,
                endpoint.path.trim_end_matches('/')
            )
        })
        .collect();
    for route in &routed {
        assert!(described.contains(route), "{route} is not described");
    }
    for route in &described {
        assert!(
            routed.contains(route),
            "{route} is described, but not routed"
        );
    }
}

#[test]
fn what_authenticates_is_said_of_every_route() {
    let document = committed();
    for endpoint in node::api_endpoints() {
        let path = endpoint.path.trim_end_matches('/');
        let method = endpoint.method.as_str().to_lowercase();
        let expected = match endpoint.access {
            web::Access::Client => json!([{ "client": [] }, {}]),
            web::Access::Bearer => json!([{ "access_token": [] }]),
            _ => json!([]),
        };
        assert_eq!(
            document["paths"][path][&method]["security"], expected,
            "{path}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_data_centre_serves_it() {
    let house = House::start().await;
    for center in ["glz", "us2", "eu2"] {
        let url = format!("{}/openapi.json", house.center(center));
        let answer = house.send(house.request("GET", &url)).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("content-type"), "application/json");
        assert_eq!(answer.json(), committed());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_sent_only_what_is_described_comes_back() {
    let house = House::start().await;
    // Where the company lives: elsewhere the APIs only say where that is.
    let told = json!({ "issuer": house.center("us2"), "apps": companies(&house).await });
    python("fuzz.py", &house, &told).await;
}
