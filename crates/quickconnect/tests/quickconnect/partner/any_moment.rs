//! Killed at any moment of a request, and started again: what was acknowledged is there, once.
//!
//! What is drawn follows from a seed, which is printed; which instruction a kill meets does not.

use std::time::Duration;

use protocol::Principal;
use testkit::{Answer, House, Visitor, boxed, hidden};

use super::slow_platform::SlowPlatform;
use super::{Partner, Served, app};
use crate::seeds::{Random, any_seed};

/// So many inquiries, and half as many codes.
const KILLS: usize = 16;

/// Stands on the page that asks for the confirmation.
const CONFIRM: &str = "action=\"/connect/cards/confirm\"";

/// A partner that is killed during requests.
struct Killed<'a> {
    partner: &'a Partner,
    served: Option<Served>,
    random: Random,
    /// Requests during which it died, and how many of these nobody saw an answer to.
    kills: usize,
    unanswered: usize,
}

impl<'a> Killed<'a> {
    async fn start(partner: &'a Partner) -> Killed<'a> {
        let seed = any_seed();
        println!("QUICKCONNECT_SEED={seed}");
        Killed {
            partner,
            served: Some(partner.serve().await),
            random: Random::seeded(seed),
            kills: 0,
            unanswered: 0,
        }
    }

    /// Sends a form and kills the process meanwhile, or soon after.
    async fn post(
        &mut self,
        visitor: &Visitor<'_>,
        action: &str,
        fields: &[(&str, &str)],
    ) -> Option<Answer> {
        // From the very beginning of a request to when it has ended on a machine that is not busy:
        // early moments as often as late ones.
        let moment = Duration::from_micros(200 << self.random.below(9));
        let moment = moment + Duration::from_micros(self.random.below(200) as u64);
        let action = self.partner.url(action);
        let request = visitor.try_post(&action, fields);
        let served = self.served.take();
        let kill = async {
            tokio::time::sleep(moment).await;
            drop(served);
        };
        let (answer, ()) = tokio::join!(request, kill);
        self.kills += 1;
        self.unanswered += usize::from(answer.is_none());
        answer
    }

    async fn revive(&mut self) {
        self.served = Some(self.partner.serve().await);
    }

    fn tells(&self, what: &str) {
        let (kills, unanswered) = (self.kills, self.unanswered);
        println!("{what}: {kills} kills, {unanswered} before an answer");
        assert!(unanswered > 0, "no kill came before an answer");
    }
}

/// Somebody of the partner's staff, signed in to the console.
async fn staff<'a>(house: &'a House, partner: &Partner) -> Visitor<'a> {
    let create = [
        "partner",
        "staff",
        "create",
        "ruth@meridian.example",
        "--name",
        "Ruth Adeyemi",
    ];
    let made = partner.json(&create);
    let ruth = Visitor::new(house);
    let who = [
        ("email", "ruth@meridian.example"),
        ("password", made["password"].as_str().unwrap()),
    ];
    let sign_in = "/console/sign-in";
    partner.submit(&ruth, (sign_in, sign_in), &who).await;
    ruth
}

#[tokio::test(flavor = "multi_thread")]
async fn an_inquiry_that_was_acknowledged_is_in_the_inbox_once_whenever_the_process_dies() {
    let house = House::start().await;
    let partner = Partner::new(&house).await;
    partner.migrate();
    let mut killed = Killed::start(&partner).await;
    let visitor = Visitor::new(&house);
    let contact = "/connect/cards/contact";
    for number in 0..KILLS {
        let page = visitor.get(&partner.url(contact)).await;
        let message = format!("Inquiry number {number}.");
        let fields = [
            ("csrf", hidden(&page, "csrf")),
            ("name", "Maren Holloway".to_owned()),
            ("email", "maren@brackwater.example".to_owned()),
            ("company_name", "Brackwater".to_owned()),
            ("message", message),
        ];
        let fields = fields.each_ref().map(|(name, value)| (*name, &**value));
        let answer = killed.post(&visitor, contact, &fields).await;
        killed.revive().await;
        // Without an answer the browser offers to send the form once more.
        let answer = match answer {
            Some(answer) => answer,
            None => visitor.post(&partner.url(contact), &fields).await,
        };
        let thanks = format!("{contact}/thanks");
        assert_eq!(answer.header("location"), thanks, "{}", answer.body);
    }
    let ruth = staff(&house, &partner).await;
    let inbox = ruth.get(&partner.url("/console/inquiries")).await;
    for number in 0..KILLS {
        let message = format!("Inquiry number {number}.");
        assert_eq!(inbox.body.matches(&message).count(), 1, "{message}");
    }
    killed.tells("inquiries");
}

/// Issues a code at the console and reads it there. None when the process died too early.
async fn shown_code(killed: &mut Killed<'_>, ruth: &Visitor<'_>) -> Option<String> {
    let codes = "/console/codes";
    let page = ruth.get(&killed.partner.url(codes)).await;
    let fields = [
        ("csrf", &*hidden(&page, "csrf")),
        ("app", "cards"),
        ("label", "Brackwater"),
        ("days", "30"),
    ];
    // It is shown once, by the process that made it: half of the kills come when it was read.
    if killed.random.below(2) == 0 {
        let answer = killed.post(ruth, codes, &fields).await;
        killed.revive().await;
        let place = answer?.header("location").to_owned();
        let list = ruth.get(&killed.partner.url(&place)).await;
        assert_eq!(list.header("location"), codes, "it is shown no more");
        return None;
    }
    let answer = ruth.post(&killed.partner.url(codes), &fields).await;
    let place = killed.partner.url(answer.header("location"));
    let code = boxed(&ruth.get(&place).await, "new-secret");
    killed.served = None;
    killed.kills += 1;
    killed.revive().await;
    Some(code)
}

/// A person of a customer in front of the landing page, which is killed again and again.
struct Customer<'a> {
    visitor: Visitor<'a>,
    code: String,
    link: String,
}

impl Customer<'_> {
    /// Opens the link from App Center.
    async fn arrives(&self, partner: &Partner) {
        let page = partner.open(&self.visitor, &self.link).await;
        assert_eq!(page.status, 200, "{}", page.body);
    }

    /// Where the flow stands, which is where the address of the confirmation leads.
    async fn page(&self, partner: &Partner) -> Answer {
        let url = partner.url("/connect/cards/confirm");
        partner.open(&self.visitor, &url).await
    }

    /// Fills in the form of the page where the flow stands, and has it sent by `send`. Whether the
    /// flow has come to its end.
    async fn goes_on(&self, killed: &mut Killed<'_>, dies: bool) -> bool {
        let partner = killed.partner;
        let page = self.page(partner).await;
        let csrf = hidden(&page, "csrf");
        let (action, fields) = match &page.body {
            body if body.contains("is connected</h1>") => return true,
            body if body.contains("takes longer than usual") => {
                killed.served = None;
                a_while_goes_by(partner).await;
                killed.revive().await;
                return false;
            }
            body if body.contains(CONFIRM) => ("/connect/cards/confirm", vec![("csrf", &*csrf)]),
            body if body.contains("action=\"/connect/cards/code\"") => {
                let code = ("code", &*self.code);
                let ticked = [("terms", "yes"), ("privacy", "yes")];
                let fields = [&[("csrf", &*csrf), code], &ticked[..]].concat();
                ("/connect/cards/code", fields)
            }
            body => panic!("the landing page says {body}"),
        };
        if dies {
            killed.post(&self.visitor, action, &fields).await;
            killed.revive().await;
        } else {
            let url = partner.url(action);
            let answer = self.visitor.post(&url, &fields).await;
            assert_eq!(answer.status, 303, "{}", answer.body);
        }
        false
    }
}

/// While nothing runs, an exchange that was under way becomes two minutes older.
async fn a_while_goes_by(partner: &Partner) {
    let sql = "UPDATE flows SET exchanging_since = exchanging_since - 120000000";
    let mut tx = partner.database().write().await.unwrap();
    tx.execute(sql, &[]).await.unwrap();
    tx.commit().await.unwrap();
}

/// What the platform has of the connection: lineages in all, and those with a live token.
async fn lineages(house: &House) -> (i64, i64) {
    let mut tx = house.platform.db.read().await.unwrap();
    let sql = "SELECT COUNT(DISTINCT lineage) AS number,
           COUNT(DISTINCT CASE WHEN state = 'live' THEN lineage END) AS live FROM refresh_tokens";
    let row = tx.query_opt(sql, &[]).await.unwrap().unwrap();
    (row.get("number").unwrap(), row.get("live").unwrap())
}

/// The partner's program calls the platform: the connection is whole.
async fn is_whole(house: &House, partner: &Partner, key: &str) {
    let (company, harbor) = (house.company("Brackwater"), app(house, "Harbor"));
    let client = harbor.client_id;
    let path = format!("/v1/apps/{client}/connections/{}/token", company.id);
    let (status, token) = partner.broker(key, &path).await;
    assert_eq!(status, 200, "{token}");
    let access = token["access_token"].as_str().unwrap();
    let called = house.get("us2", "/profile/v1/me", access).await;
    assert_eq!(called.status, 200, "{}", called.body);
    let principal = Principal::Company(company.id);
    let mut tx = house.platform.db.read().await.unwrap();
    let found = store::connections::find(&mut tx, principal, client).await;
    assert!(found.unwrap().unwrap().is_live(house.now()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_opens_one_door_and_a_connection_is_whole_whenever_the_process_dies() {
    let house = House::start().await;
    let partner = Partner::new(&house).await;
    let platform = SlowPlatform::before(house.center("glz")).await;
    let landing_zone = format!("landing_zone = {:?}", house.center("glz"));
    let through = format!("landing_zone = {:?}", platform.origin());
    partner.configure(&landing_zone, &through);
    // What the landing zone signs, it signs in its own name.
    let centers = "[platform.data_centers]";
    let own = format!("{centers}\nglz = {:?}", house.center("glz"));
    partner.configure(centers, &own);
    partner.migrate();
    let key = partner.json(&[
        "partner", "key", "create", "--app", "cards", "--name", "books",
    ]);
    let key = key["key"].as_str().unwrap();
    let mut killed = Killed::start(&partner).await;
    let ruth = staff(&house, &partner).await;
    let mut exchanged = 0;
    let mut codes = Vec::new();
    while codes.len() < KILLS / 2 {
        let Some(code) = shown_code(&mut killed, &ruth).await else {
            continue;
        };
        let whose = (app(&house, "Harbor"), "cards");
        let company = house.company("Brackwater");
        // The platform's clock is turned by tests alone.
        house.advance(Duration::from_secs(1));
        let customer = Customer {
            visitor: Visitor::new(&house),
            code: code.clone(),
            link: partner.link(&house, whose, company).await,
        };
        customer.arrives(&partner).await;
        let between = codes.len() % 2 == 0;
        if between {
            // The platform has exchanged, and its answer is on its way: nobody will have stored it.
            customer.goes_on(&mut killed, true).await;
            if !customer.page(&partner).await.body.contains(CONFIRM) {
                customer.goes_on(&mut killed, false).await;
            }
            dies_between(&mut killed, &customer, &platform).await;
            let same_link = killed.random.below(2) == 0;
            println!("killed between exchange and storing; the same link again: {same_link}");
            if same_link {
                customer.arrives(&partner).await;
            }
        } else {
            for _ in 0..3 {
                customer.goes_on(&mut killed, true).await;
            }
        }
        let mut steps = 0;
        while !customer.goes_on(&mut killed, false).await {
            steps += 1;
            assert!(steps < 8, "it never is connected");
        }
        is_whole(&house, &partner, key).await;
        exchanged += 1;
        // Whatever was repeated, the platform has one lineage for each click on Connect.
        assert_eq!(lineages(&house).await, (exchanged, 1));
        codes.push(code);
    }
    // Somebody else finds none of them good.
    for code in codes {
        let whose = (app(&house, "Harbor"), "cards");
        let link = partner.link(&house, whose, house.company("Amalgamated"));
        let stranger = Visitor::new(&house);
        let page = partner.open(&stranger, &link.await).await;
        let csrf = hidden(&page, "csrf");
        let fields = [
            ("csrf", &*csrf),
            ("code", &*code),
            ("terms", "yes"),
            ("privacy", "yes"),
        ];
        let url = partner.url("/connect/cards/code");
        assert_eq!(stranger.post(&url, &fields).await.status, 422);
    }
    killed.tells("codes and connections");
}

/// Confirms, and dies when the platform has answered and the answer has not arrived.
async fn dies_between(killed: &mut Killed<'_>, customer: &Customer<'_>, platform: &SlowPlatform) {
    let partner = killed.partner;
    let confirm = partner.url("/connect/cards/confirm");
    let page = customer.visitor.get(&confirm).await;
    let fields = [("csrf", &*hidden(&page, "csrf"))];
    let request = customer.visitor.try_post(&confirm, &fields);
    let answers = platform.hold();
    let served = killed.served.take();
    let kill = async {
        platform.has_answered(answers).await;
        drop(served);
    };
    let (answer, ()) = tokio::join!(request, kill);
    assert!(answer.is_none(), "nobody has seen an answer");
    platform.let_go();
    killed.kills += 1;
    killed.unanswered += 1;
    a_while_goes_by(partner).await;
    killed.revive().await;
}
