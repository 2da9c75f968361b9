//! Traffic day after day, with housekeeping: once as much leaves as comes, no table and not the file
//! grows any further (S42).

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::time::Duration;

use protocol::{AUTHORIZATION_CODE_LIFETIME, DAY, HOUR, Principal, ScopeSet, TokenHash};
use sandbox::{AppFacts, CompanyFacts};
use store::housekeeping::Expiring;
use store::{
    Attempt, AttemptState, AuthorizationCode, OneTimePasswordRow, Session, authorization_codes,
    connect_attempts, one_time_passwords, password_attempts, rate_limits, sessions,
};
use testkit::{House, Visitor, hidden, parameter};
use uuid::Uuid;

use crate::housekeeping::{rows, swept};
use crate::one_time_passwords::ask;
use crate::rows::{JOBS, tables};

/// What tells what happened stays for good, and grows with it.
const LOGS: [&str; 3] = ["audit_events", "connection_events", "terms_acceptances"];

/// Between two rounds of traffic.
const ROUND: Duration = Duration::from_secs(4 * 86_400);
/// The connections that last get another refresh token in every second round, so that only rounds so
/// far apart can be compared.
const CYCLE: usize = 2;
/// Clicks on Connect are kept longest, 90 days; refresh tokens for 30 that they are good for here,
/// and 30 more. Then there is nothing left of the first round.
const WARM_UP: usize = 12 * CYCLE;
const MEASURED: usize = 8 * CYCLE;

/// In a round, of each of what people leave behind beside those whose requests are really sent.
const CROWD: u128 = 20;

/// How much stands there: rows by table, and on SQLite the pages of the file that hold no log.
struct Size {
    rows: BTreeMap<&'static str, i64>,
    pages: Option<i64>,
}

struct Soak {
    house: House,
    /// So many things have happened: each needs a name of its own.
    happened: u128,
    /// The refresh tokens of connections that last, by company.
    tokens: Vec<String>,
    /// Rows that have left, by table.
    gone: BTreeMap<&'static str, u64>,
}

impl Soak {
    /// Every company connects the app that it keeps.
    async fn begin() -> Soak {
        let house = House::start_with(|settings| {
            settings.refresh_token_lifetime = 30 * DAY;
            settings.call_limits.per_company = None;
            settings.call_limits.failures_per_address = NonZeroU32::new(8);
        });
        let house = house.await;
        let (mut tokens, app) = (Vec::new(), house.app("Meridian"));
        for company in &house.facts.companies {
            let connect = house.request_token(company, app).await;
            tokens.push(house.exchange(app, &connect).await.text("refresh_token"));
            // Two tokens of one instant may want the same key, and then one is asked to come again.
            house.advance(Duration::from_millis(1));
        }
        Soak {
            house,
            happened: 0,
            tokens,
            gone: BTreeMap::new(),
        }
    }

    /// Rounds of traffic, with housekeeping after each; the size when all of the last round still
    /// stands there.
    async fn goes_on(&mut self, rounds: usize) -> Size {
        let mut size = None;
        for round in 1..=rounds {
            self.refreshes().await;
            self.a_person().await;
            self.guesses().await;
            self.a_crowd().await;
            if round == rounds {
                size = Some(self.size().await);
            }
            self.house.advance(ROUND);
            for (table, gone) in swept(&self.house).await {
                *self.gone.entry(table).or_default() += gone;
            }
        }
        size.expect("there was a round")
    }

    /// Each connection that lasts is used.
    async fn refreshes(&mut self) {
        let app = self.house.app("Meridian");
        for token in &mut self.tokens {
            let answer = self.house.refresh("glz", app, token).await;
            assert_eq!(answer.status, 200, "{}", answer.body);
            *token = answer.text("refresh_token");
            self.house.advance(Duration::from_millis(1));
        }
    }

    /// An administrator signs in, connects another app, which gives an access token back and ends the
    /// connection, and lets one more sign the administrator in.
    async fn a_person(&self) {
        let house = &self.house;
        let (company, app) = (house.company("Brackwater"), house.app("Harbor"));
        let visitor = Visitor::signed_in(house, house.admin(company)).await;
        let connect = clicks_connect(&visitor, app).await;
        let answer = house.exchange(app, &connect).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        house.advance(Duration::from_millis(1));
        let first = answer.text("access_token");
        let token = answer.text("refresh_token");
        let second = house.refresh("glz", app, &token).await;
        let second = second.text("access_token");
        let back = house.revoke_token("glz", app, &first).await;
        assert_eq!(back.status, 200, "{}", back.body);
        let ended = house.revoke("us2", &second).await;
        assert_eq!(ended.status, 200, "{}", ended.body);

        let app = house.app("Pedalpath");
        let mut answer = visitor
            .authorize(&house.authorize_url("glz", app, &[]))
            .await;
        if answer.status == 200 {
            answer = visitor.answer(&answer, "allow").await;
        }
        let code = parameter(answer.header("location"), "code");
        let answer = house.exchange_code("glz", app, &code, &[]).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        house.advance(Duration::from_millis(1));
        let login = &house.admin(company).login;
        assert_eq!(ask(house, login, &[]).await.status, 200);
    }

    /// Somebody guesses a password, and a program an app's secret.
    async fn guesses(&self) {
        let house = &self.house;
        let employee = house.employee(house.company("Brackwater"));
        let visitor = Visitor::new(house);
        let page = visitor.get("/sign-in").await;
        let csrf = hidden(&page, "csrf");
        let fields = [
            ("login", employee.login.as_str()),
            ("password", "a guess"),
            ("csrf", &csrf),
        ];
        let refused = visitor.post("/sign-in", &fields).await;
        assert_ne!(refused.status, 303);
        let guess = AppFacts {
            client_secret: "a guess".to_owned(),
            ..house.app("Meridian").clone()
        };
        for _ in 0..4 {
            assert_eq!(house.app_token("us2", &guess).await.code(), 64);
        }
        let (app, now) = (&house.platform, house.now());
        rate_limits::share(app, now).await.unwrap();
    }

    /// What many more people leave behind who sign in, guess, start and give up: written as their
    /// pages write it, for hashing passwords and sending mails would take most of the time.
    async fn a_crowd(&mut self) {
        let house = &self.house;
        let (company, app) = (house.company("Brackwater"), house.app("Pedalpath"));
        let (user, now) = (company.users[0].id, house.now());
        let mut tx = house.write().await;
        for number in self.happened..self.happened + CROWD {
            let hash = TokenHash::of(&number.to_string());
            let session = Session {
                company: company.id,
                user,
                authenticated_at: now,
                expires_at: now + 12 * HOUR,
            };
            sessions::insert(&mut tx, hash, &session).await.unwrap();
            let counted = password_attempts::count(&mut tx, &hash, HOUR, now).await;
            counted.unwrap();
            let attempt = Attempt {
                id: Uuid::from_u128(number),
                user,
                listing: app.listing.clone(),
                state: AttemptState::Pending,
                started_at: now,
            };
            let started = connect_attempts::insert(&mut tx, company.id, &attempt).await;
            started.unwrap();
            let code = code((company, app), hash, now);
            let given = authorization_codes::insert(&mut tx, &code).await;
            given.unwrap();
            let password = OneTimePasswordRow {
                hash,
                app: app.client_id,
                handle: hash,
                parameters: hash.as_bytes().to_vec(),
                user: Some((company.id, user)),
                expires_at: now + one_time_passwords::LIFETIME,
                attempts: 0,
                used_at: None,
            };
            let mailed = one_time_passwords::insert(&mut tx, &password).await;
            mailed.unwrap();
        }
        tx.commit().await.unwrap();
        self.happened += CROWD;
    }

    async fn size(&self) -> Size {
        let app = &self.house.platform;
        let mut all = BTreeMap::new();
        for table in tables(store::MIGRATIONS) {
            all.insert(table, rows(app, table).await);
        }
        Size {
            rows: all,
            pages: self.pages().await,
        }
    }

    /// Pages of the file that no log has, those counted in that are free. PostgreSQL takes a table's
    /// pages back when its VACUUM has been there, which tests switch off.
    async fn pages(&self) -> Option<i64> {
        let db = &self.house.platform.db;
        if db.serves_many() {
            return None;
        }
        let mut tx = db.read().await.unwrap();
        let logs = LOGS.map(|table| format!("'{table}'")).join(", ");
        let sql = format!(
            "SELECT (SELECT page_count FROM pragma_page_count())
               - (SELECT COUNT(*) FROM dbstat JOIN sqlite_master ON sqlite_master.name = dbstat.name
                  WHERE tbl_name IN ({logs})) AS pages"
        );
        let row = tx.query_opt(&sql, &[]).await.unwrap().unwrap();
        Some(row.get("pages").unwrap())
    }
}

/// Ticks what has to be ticked, and clicks I Agree: what the partner is handed.
async fn clicks_connect(visitor: &Visitor<'_>, app: &AppFacts) -> protocol::RequestTokenAnswer {
    let terms = visitor.get(&format!("{}/terms", app.listing)).await;
    let boxes = [
        "end_user_terms",
        "shared_information",
        "company_authorization",
    ];
    let ticked = boxes.map(|name| (name, hidden(&terms, name)));
    let mut fields = vec![("csrf", hidden(&terms, "csrf"))];
    fields.extend(
        ticked
            .into_iter()
            .filter(|(_, version)| !version.is_empty()),
    );
    let fields: Vec<_> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
    let connect = format!("{}/connect", app.listing);
    let handed = visitor.post(&connect, &fields).await;
    let arrival = handed.header("location");
    let given = |name| parameter(arrival, name);
    protocol::RequestTokenAnswer {
        id: given("id").parse().expect("the address names whose it is"),
        request_token: given("requestToken"),
        user_id: given("userId").parse().expect("the address names who"),
    }
}

fn code(
    (company, app): (&CompanyFacts, &AppFacts),
    hash: TokenHash,
    now: protocol::Timestamp,
) -> AuthorizationCode {
    AuthorizationCode {
        hash,
        principal: Principal::User(company.id, company.users[0].id),
        app: app.client_id,
        redirect_uri: "https://app.example/callback".to_owned(),
        redirect_uri_given: true,
        scopes: ScopeSet::parse("openid"),
        nonce: None,
        code_challenge: None,
        authenticated_at: now,
        expires_at: now + AUTHORIZATION_CODE_LIFETIME,
        used_at: None,
        refresh_token: None,
    }
}

/// Not more than a twentieth larger, which is the whole of S42, and of a handful of rows one.
fn is_flat(warm: i64, later: i64) -> bool {
    later <= warm + warm / 20 + 1
}

#[tokio::test(flavor = "multi_thread")]
async fn s42_after_three_months_two_more_leave_the_database_as_large_as_it_was() {
    let mut soak = Soak::begin().await;
    let warm = soak.goes_on(WARM_UP).await;
    soak.gone.clear();
    let mut later = Vec::new();
    for _ in 0..MEASURED / CYCLE {
        later.push(soak.goes_on(CYCLE).await);
    }
    for size in &later {
        for (table, rows) in &size.rows {
            let grows = LOGS.contains(table) || JOBS.contains(table);
            let before = warm.rows[table];
            assert!(
                grows || is_flat(before, *rows),
                "{table}: {before} rows, later {rows}"
            );
        }
        if let (Some(before), Some(pages)) = (warm.pages, size.pages) {
            assert!(is_flat(before, pages), "{before} pages, later {pages}");
        }
    }
    // It would show: of each table of what expires more than half was replaced meanwhile.
    for expiring in Expiring::ALL {
        let (table, gone) = (expiring.table(), soak.gone[expiring.table()]);
        let stands = warm.rows[table].unsigned_abs();
        assert!(stands > 0, "{table} is empty");
        assert!(gone > stands / 2, "of {stands} {table}, {gone} left");
    }
    // And the logs did grow.
    let last = later.last().unwrap();
    for log in ["audit_events", "connection_events"] {
        assert!(last.rows[log] > warm.rows[log], "{log}");
    }
    // What lasts was kept.
    let app = soak.house.app("Meridian");
    for token in &soak.tokens {
        assert_eq!(soak.house.refresh("glz", app, token).await.status, 200);
    }
}
