#![allow(clippy::unwrap_used)]
mod stage;
use stage::*;
#[tokio::test]
async fn serve() {
    let stage = Stage::set().await;
    for (code, label) in [
        (CODE, "Brackwater Instruments"),
        (
            "ACDE-3467-9FGH-JKMP",
            "Saint-Quentin-Fallavier Logistics and Distribution Company Limited",
        ),
    ] {
        let new = vault::NewCode {
            app: CARDS,
            label: label.into(),
            issued_by: "operations@partner.example".into(),
            lifetime: None,
        };
        stage.vault.seed_code(code, new).await.unwrap();
    }
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8090")
        .await
        .unwrap();
    tokio::time::timeout(
        std::time::Duration::from_secs(900),
        web::serve(listener, stage.site.clone()),
    )
    .await
    .ok();
}
