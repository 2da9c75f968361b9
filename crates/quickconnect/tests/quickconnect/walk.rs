//! The first start of docs/operate/README.md, command by command.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::deployment::{Deployment, Served};

const PROGRAM: &str = env!("CARGO_BIN_EXE_quickconnect");
const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/operate/README.md");

/// The blocks of one kind, in the order of the page.
fn blocks<'a>(page: &'a str, kind: &str) -> Vec<&'a str> {
    let begin = format!("\n```{kind}\n");
    let parts = page.split(begin.as_str()).skip(1);
    parts
        .filter_map(|part| Some(part.split_once("\n```")?.0))
        .collect()
}

impl Deployment {
    /// In the deployment's folder, with the program where the shell finds it.
    #[track_caller]
    fn shell(&self, commands: &str) -> String {
        let programs = PathBuf::from(PROGRAM)
            .parent()
            .unwrap()
            .display()
            .to_string();
        let output = Command::new("sh")
            .args(["-e", "-c", commands])
            .current_dir(self.dir.path())
            .env("PATH", format!("{programs}:/usr/bin:/bin"))
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{commands}\n{said}");
        String::from_utf8(output.stdout).unwrap()
    }
}

#[tokio::test]
async fn the_first_start_works_as_it_is_written() {
    let page = std::fs::read_to_string(PAGE).unwrap();
    let deployment = Deployment::new().await;
    let address = deployment.database.as_ref().unwrap().address();
    let [configuration] = blocks(&page, "toml")[..] else {
        panic!("the page has one configuration");
    };
    let mut configuration = configuration
        .replace("127.0.0.1:8080", &format!("127.0.0.1:{}", deployment.port))
        .replace(
            "127.0.0.1:9090",
            &format!("127.0.0.1:{}", deployment.port + 1),
        );
    if !address.starts_with("sqlite:") {
        let named = "database_file = \"database.address\"";
        assert!(page.contains(named));
        let line = "database = \"sqlite:platform.sqlite\"";
        assert!(configuration.contains(line));
        configuration = configuration.replace(line, named);
    }
    std::fs::remove_file(deployment.path("platform.key")).unwrap();
    std::fs::write(deployment.path("quickconnect.toml"), configuration).unwrap();

    let mut said = Vec::new();
    let mut served: Option<Served> = None;
    for commands in blocks(&page, "sh") {
        if commands == "quickconnect serve --config quickconnect.toml &" {
            served = Some(deployment.started().await);
        } else {
            said.push(deployment.shell(commands));
        }
    }
    let served = served.expect("the page serves");
    let [_, before, made, after] = &said[..] else {
        panic!("{said:?}");
    };
    assert!(before.contains("nobody answers"), "{before}");
    assert!(made.contains("ada@acme.example"), "{made}");
    assert!(after.contains("a node answers"), "{after}");
    assert!(!after.contains("FAILURE"), "{after}");
    let (status, _) = served
        .get(&format!("127.0.0.1:{}", deployment.port), "/sign-in")
        .await
        .unwrap();
    assert_eq!(status, 200);
}
