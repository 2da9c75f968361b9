//! The story of a user connection, at 800×600: everybody for himself or herself.

use testkit::House;

use crate::actors::{SMALL, Terms, connect, look, sign_up, signed_in};

#[tokio::test(flavor = "multi_thread")]
async fn an_employee_connects_an_app_for_herself_and_nobody_else() {
    let house = House::start().await;
    let (company, app) = (house.company("Brackwater"), house.app("Pedalpath"));
    let employee = house.employee(company);
    let browser = signed_in(&house, employee, SMALL).await;
    connect(
        &browser,
        app,
        Terms {
            first_time: true,
            for_the_company: false,
        },
    )
    .await;
    sign_up(&browser, employee, None).await;
    browser
        .click_button(&format!("Connect user …{}", employee.id.tail()))
        .await;
    browser.see("is connected").await;
    look(&browser).await;
    browser.switch_to_first_window().await;
    browser.see("Connected by you").await;
    look(&browser).await;

    // Her administrator sees a listing that is not connected.
    let colleague = signed_in(&house, house.admin(company), SMALL).await;
    colleague.open(&app.listing).await;
    colleague.see("Connect").await;
    colleague.do_not_see("Connected by").await;
}
