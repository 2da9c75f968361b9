//! Somebody who has signed in to the customers' site, without a browser: cookies and forms by hand.

use sandbox::UserFacts;
use testkit::{Answer, House};

pub struct Visitor<'a> {
    house: &'a House,
    cookie: String,
}

impl<'a> Visitor<'a> {
    pub async fn sign_in(house: &'a House, user: &UserFacts) -> Visitor<'a> {
        let mut visitor = Visitor {
            house,
            cookie: String::new(),
        };
        let page = visitor.get("/sign-in").await;
        visitor.cookie = cookie(&page);
        let fields = [
            ("login", user.login.as_str()),
            ("password", &user.password),
            ("csrf", &csrf(&page)),
        ];
        let answer = visitor.post("/sign-in", &fields).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        visitor.cookie = cookie(&answer);
        visitor
    }

    pub async fn get(&self, path: &str) -> Answer {
        let url = self.house.facts.app_center.join(path);
        let request = self.house.request("GET", &url);
        self.house
            .send(request.header("cookie", &self.cookie))
            .await
    }

    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let url = self.house.facts.app_center.join(path);
        let request = self.house.request("POST", &url).form(fields);
        self.house
            .send(request.header("cookie", &self.cookie))
            .await
    }

    /// Posts with the hidden field of a page of this session.
    pub async fn submit(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let csrf = csrf(&self.get("/app-center").await);
        let fields = [&[("csrf", csrf.as_str())], fields].concat();
        self.post(path, &fields).await
    }
}

/// The text of a code box of a page.
#[track_caller]
pub fn boxed(answer: &Answer, id: &str) -> String {
    let begin = format!("<code id=\"{id}\" tabindex=\"0\">");
    let after = answer.body.split_once(&begin);
    let after = after.unwrap_or_else(|| panic!("no box {id} in {}", answer.body));
    after.1.split_once("</code>").unwrap().0.to_owned()
}

fn csrf(page: &Answer) -> String {
    let after = page.body.split_once("name=\"csrf\" value=\"");
    let after = after.expect("the page has a form").1;
    after.split_once('"').unwrap().0.to_owned()
}

/// The cookie that an answer sets, as it is sent back.
fn cookie(answer: &Answer) -> String {
    let set = answer.headers.get_all("set-cookie").iter();
    let pairs = set.filter_map(|value| value.to_str().ok()?.split(';').next());
    let kept: Vec<&str> = pairs.filter(|pair| !pair.ends_with('=')).collect();
    kept.join("; ")
}
