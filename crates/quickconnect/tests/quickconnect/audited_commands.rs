//! Whatever an operator changes at the command line stands in the audit log (S36): each command is
//! given, or it is said why it needs no event.

use std::collections::BTreeSet;
use std::process::Command;

use db::Db;
use protocol::Timestamp;
use store::audit::{Actor, Event};
use store::audit_events;

use crate::deployment::Deployment;
use crate::people::{administrator, json, text};

enum Leaves {
    /// This event, by the operator.
    Event(&'static str),
    /// None, and why.
    Nothing(&'static str),
}

use Leaves::{Event as Leave, Nothing};

const COMMANDS: &[(&str, Leaves)] = &[
    ("app create", Leave("app_registered")),
    ("app disable", Leave("app_disabled")),
    ("app enable", Leave("app_enabled")),
    ("app list", Nothing("reads")),
    ("app secret", Leave("secret_created")),
    ("app show", Nothing("reads")),
    ("audit export", Nothing("reads")),
    ("audit verify", Nothing("reads")),
    (
        "backup",
        Nothing("reads; the file that it makes is no part of the platform"),
    ),
    ("company create", Leave("company_created")),
    ("company list", Nothing("reads")),
    ("company move", Leave("company_moved")),
    ("company resume", Leave("company_resumed")),
    ("company suspend", Leave("company_suspended")),
    (
        "demo",
        Nothing("makes its own invented companies and people"),
    ),
    ("config check", Nothing("reads")),
    ("doctor", Nothing("reads")),
    ("keys list", Nothing("reads")),
    ("keys retire", Leave("signing_key_changed")),
    ("keys rotate", Leave("signing_key_changed")),
    ("listing list", Nothing("reads")),
    ("listing publish", Leave("listing_published")),
    ("migrate status", Nothing("reads")),
    (
        "migrate up",
        Nothing("makes the tables, which remember each migration themselves"),
    ),
    ("not-before lift", Leave("not_before_lifted")),
    ("not-before list", Nothing("reads")),
    ("not-before set", Leave("not_before_set")),
    ("openapi", Nothing("reads")),
    (
        "partner",
        Nothing("a partner's vault is no part of the platform"),
    ),
    ("request-token", Leave("request_token_minted")),
    ("restore", Leave("database_restored")),
    (
        "serve",
        Nothing("what it serves leaves its own events; see the story of the routes"),
    ),
    ("user create", Leave("user_created")),
    ("user disable", Leave("user_disabled")),
    ("user enable", Leave("user_enabled")),
    ("user list", Nothing("reads")),
    ("user password", Leave("user_password_set")),
];

/// The subcommands that a help text lists.
fn listed(command: &[&str]) -> Vec<String> {
    let program = env!("CARGO_BIN_EXE_quickconnect");
    let help = Command::new(program).args(command).arg("--help").output();
    let help = String::from_utf8(help.unwrap().stdout).unwrap();
    let Some((_, commands)) = help.split_once("Commands:\n") else {
        return Vec::new();
    };
    let lines = commands.lines().take_while(|line| !line.is_empty());
    let names = lines.filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
    let names = names.filter(|name| !name.is_empty() && *name != "help");
    names.map(str::to_owned).collect()
}

#[test]
fn s36_every_command_is_accounted_for() {
    let mut found = BTreeSet::new();
    for name in listed(&[]) {
        let below = match name.as_str() {
            "partner" => Vec::new(),
            name => listed(&[name]),
        };
        found.extend(below.iter().map(|below| format!("{name} {below}")));
        if below.is_empty() {
            found.insert(name);
        }
    }
    let expected: BTreeSet<_> = COMMANDS
        .iter()
        .map(|(name, _)| (*name).to_owned())
        .collect();
    assert_eq!(found, expected);
    for (name, leaves) in COMMANDS {
        if let Nothing(why) = leaves {
            assert!(why.len() > 4, "{name} needs a reason");
        }
    }
}

struct Operator {
    deployment: Deployment,
    db: Db,
    seen: BTreeSet<&'static str>,
}

impl Operator {
    /// Gives a command, and sees the event that it leaves.
    async fn gives(&mut self, name: &'static str, more: &[&str]) -> serde_json::Value {
        let known = self.events().await;
        let words: Vec<&str> = name.split(' ').chain(more.iter().copied()).collect();
        let printed = json(&self.deployment, &words);
        let (_, leaves) = COMMANDS.iter().find(|(other, _)| *other == name).unwrap();
        let Leave(action) = leaves else {
            panic!("{name} is said to leave nothing");
        };
        let new = self.events().await;
        let new: Vec<_> = new
            .into_iter()
            .filter(|event| !known.contains(event))
            .collect();
        let is_it = |event: &&Event| event.action.as_str() == *action;
        let event = new
            .iter()
            .find(is_it)
            .unwrap_or_else(|| panic!("{name}: {new:?}"));
        assert_eq!(event.actor, Actor::Operator, "{name}");
        self.seen.insert(name);
        printed
    }

    async fn events(&self) -> Vec<Event> {
        let mut tx = self.db.read().await.unwrap();
        let rows = audit_events::since(&mut tx, Timestamp::from_seconds(0)).await;
        let event = |row: &store::audit_events::AuditRow| serde_json::from_str(&row.content);
        rows.unwrap()
            .iter()
            .map(|row| event(row).unwrap())
            .collect()
    }
}

#[tokio::test]
async fn s36_whatever_an_operator_changes_stands_in_the_log() {
    let deployment = Deployment::new().await;
    deployment.migrate();
    let db = match &deployment.database {
        Some(database) => database.open(),
        None => Db::open_sqlite(&deployment.path("platform.sqlite")).unwrap(),
    };
    let mut operator = Operator {
        deployment,
        db,
        seen: BTreeSet::new(),
    };
    let admin = administrator(&operator.deployment);
    let company = admin.company.as_str();

    let place = ["--data-center", "us2", "--internet-domain", "b.example"];
    let named = [&["--name", "B", "--json"][..], &place].concat();
    let other = operator.gives("company create", &named).await;
    let other = text(&other, "id");
    let to = [other.as_str(), "--to", "us2", "--json"];
    for (name, more) in [
        ("company suspend", &[other.as_str(), "--json"][..]),
        ("company resume", &[other.as_str(), "--json"][..]),
    ] {
        operator.gives(name, more).await;
    }
    // There is one other place to move to.
    operator.deployment.configure(|text| {
        text.replace(
            "[stopping]",
            "eu2 = \"https://eu2.api.example\"\n\n[stopping]",
        )
    });
    operator
        .gives("company move", &[to[0], to[1], "eu2", to[3]])
        .await;

    let person = ["--company", company, "--json"];
    let named = [
        "--login",
        "tove@a.example",
        "--given-name",
        "Tove",
        "--family-name",
        "Lind",
    ];
    let user = operator
        .gives("user create", &[&person[..], &named].concat())
        .await;
    let user = text(&user, "id");
    for name in ["user password", "user disable", "user enable"] {
        operator
            .gives(name, &[&[user.as_str()][..], &person].concat())
            .await;
    }

    let more = [
        "--name",
        "Ledger",
        "--grant",
        "password",
        "--scope",
        "openid",
        "--connect-uri",
        "https://ledger.example/connect",
        "--json",
    ];
    let app = operator.gives("app create", &more).await;
    let app = text(&app, "client_id");
    for name in ["app secret", "app disable", "app enable"] {
        operator.gives(name, &[&app, "--json"]).await;
    }
    operator
        .gives("request-token", &["--company", company, "--app", &app])
        .await;

    let file = crate::serve::write_listing(&operator.deployment, &app, "Reports, posted");
    let file = file.display().to_string();
    operator.gives("listing publish", &[&file, "--json"]).await;

    // Too early, it publishes the next keys, and says so; then these are old enough.
    assert!(
        !operator
            .deployment
            .run(&["keys", "rotate"])
            .status
            .success()
    );
    let mut tx = operator.db.write().await.unwrap();
    let day = "UPDATE signing_keys SET state_since = state_since - 86400000000";
    tx.batch(day).await.unwrap();
    tx.commit().await.unwrap();
    operator.gives("keys rotate", &["--json"]).await;
    let keys = json(&operator.deployment, &["keys", "list", "--json"]);
    let kid = text(&keys[0], "kid");
    operator
        .gives("keys retire", &[&kid, "--now", "--json"])
        .await;

    operator.gives("not-before set", &["now", "--json"]).await;
    operator.gives("not-before lift", &["--json"]).await;
    operator.gives("restore", &["--mark", "--json"]).await;

    let leaving = COMMANDS
        .iter()
        .filter(|(_, leaves)| matches!(leaves, Leave(_)));
    let expected: BTreeSet<_> = leaving.map(|(name, _)| *name).collect();
    assert_eq!(operator.seen, expected);
}
