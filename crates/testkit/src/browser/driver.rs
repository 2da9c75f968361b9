//! Finding, starting and ending Chromium and its driver.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use serde_json::json;
use tempfile::TempDir;
use thirtyfour::error::WebDriverResult;
use thirtyfour::{Capabilities, WebDriver};
use tokio::sync::oneshot;

use super::options::BrowserOptions;
use super::wait::Complaint;

const INSTALL: &str = "sudo apt-get install -y --no-install-recommends chromium chromium-driver";
const START_WITHIN: Duration = Duration::from_secs(30);

/// A driver process with the browser it started and the browser's profile.
#[derive(Debug)]
pub(super) struct Process {
    driver: Child,
    profile: Option<TempDir>,
}

/// Starts a driver on a free port and a browser with a fresh profile.
pub(super) async fn start(options: &BrowserOptions) -> Result<(Process, WebDriver), Complaint> {
    let (chromium, chromedriver) = (find("chromium")?, find("chromedriver")?);
    let profile = TempDir::with_prefix("quickconnect-browser-")
        .map_err(|error| format!("no folder for the browser's profile: {error}"))?;

    let mut capabilities = Capabilities::new();
    let capability = options.capability(&text(profile.path()), &text(&chromium));
    let logging = json!({ "browser": "ALL", "performance": "ALL" });
    for (name, value) in [
        ("goog:chromeOptions", capability),
        ("goog:loggingPrefs", logging),
    ] {
        capabilities.set(name, value).expect("JSON is a capability");
    }

    let mut driver = Command::new(chromedriver)
        .arg("--port=0")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("chromedriver could not be started: {error}"))?;
    let output = driver.stdout.take().expect("the output was asked for");
    let process = Process {
        driver,
        profile: Some(profile),
    };

    let port = announced_port(output).await?;
    let client = reqwest::Client::builder()
        .no_proxy()
        .timeout(Duration::from_secs(60))
        // The session is closed from another thread while the test's waits; a connection kept
        // from before would wait for the test's.
        .pool_max_idle_per_host(0)
        .build()
        .map_err(|error| format!("no HTTP client for the driver: {error}"))?;
    let session = WebDriver::builder(format!("http://127.0.0.1:{port}"), capabilities)
        .client(client)
        .connect();
    let session = tokio::time::timeout(START_WITHIN, session)
        .await
        .map_err(|_| format!("chromium did not start within {} s", START_WITHIN.as_secs()))?
        .map_err(|error| format!("chromium did not start: {error}"))?;
    if !options.is_emulated() {
        size(&session, options)
            .await
            .map_err(|error| format!("chromium's window: {error}"))?;
    }
    Ok((process, session))
}

/// Makes the window so large that its frame leaves the viewport that was asked for.
async fn size(session: &WebDriver, options: &BrowserOptions) -> WebDriverResult<()> {
    let frame = "return [outerWidth - innerWidth, outerHeight - innerHeight]";
    let (wider, higher): (u32, u32) = session.execute(frame, Vec::new()).await?.convert()?;
    session
        .set_window_rect(0, 0, options.width + wider, options.height + higher)
        .await
}

/// Looks a program up on the PATH.
#[expect(
    clippy::disallowed_methods,
    reason = "where programs lie is the machine's to say, not ours to configure"
)]
fn find(program: &str) -> Result<PathBuf, Complaint> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|candidate| candidate.is_file())
        .ok_or_else(|| format!("{program} is not installed; install it with: {INSTALL}"))
}

fn text(path: &Path) -> String {
    path.display().to_string()
}

/// The port that the driver says it listens on. Its output is read to the end, so that it never
/// writes into a closed pipe.
async fn announced_port(output: ChildStdout) -> Result<u16, Complaint> {
    let (sender, receiver) = oneshot::channel();
    std::thread::spawn(move || {
        let mut sender = Some(sender);
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            let port = line
                .split_once("started successfully on port ")
                .map(|(_, port)| port);
            if let Some(port) = port.and_then(|port| port.trim_end_matches('.').parse().ok())
                && let Some(sender) = sender.take()
            {
                let _ = sender.send(port);
            }
        }
    });
    match tokio::time::timeout(START_WITHIN, receiver).await {
        Ok(Ok(port)) => Ok(port),
        Ok(Err(_)) => Err("chromedriver ended before it listened".to_owned()),
        Err(_) => Err(format!(
            "chromedriver did not listen within {} s",
            START_WITHIN.as_secs()
        )),
    }
}

impl Process {
    /// Ends the driver, whose browser has closed, and gives the profile.
    pub(super) fn take_profile(&mut self) -> TempDir {
        let _ = self.driver.kill();
        let _ = self.driver.wait();
        self.profile.take().expect("it was not taken before")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // The session has closed the browser by now; what is left of it after a crash or a
        // time-out still is a child of the driver, and only of this driver.
        let left = children(self.driver.id());
        let _ = self.driver.kill();
        let _ = self.driver.wait();
        for process in left {
            let _ = Command::new("sh")
                .args(["-c", &format!("kill -KILL {process} 2>&-")])
                .status();
        }
        // A dying process may still write into its profile for a moment.
        let Some(profile) = self.profile.take().map(TempDir::keep) else {
            return;
        };
        let mut gone = 0;
        for _ in 0..400 {
            let _ = std::fs::remove_dir_all(&profile);
            std::thread::sleep(Duration::from_millis(25));
            gone = if profile.exists() { 0 } else { gone + 1 };
            if gone == 4 {
                return;
            }
        }
    }
}

/// The processes that `parent` started, as Linux lists them.
fn children(parent: u32) -> Vec<String> {
    let tasks = std::fs::read_dir(format!("/proc/{parent}/task"))
        .into_iter()
        .flatten()
        .flatten();
    tasks
        .filter_map(|task| std::fs::read_to_string(task.path().join("children")).ok())
        .flat_map(|list| {
            list.split_whitespace()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The processes that were started with this profile.
    fn processes_with(profile: &Path) -> usize {
        let name = text(profile);
        let processes = std::fs::read_dir("/proc").unwrap().flatten();
        let command_lines =
            processes.filter_map(|entry| std::fs::read(entry.path().join("cmdline")).ok());
        command_lines
            .filter(|line| String::from_utf8_lossy(line).contains(&name))
            .count()
    }

    async fn started() -> (Process, WebDriver, PathBuf) {
        let (process, session) = start(&BrowserOptions::default()).await.unwrap();
        let profile = process.profile.as_ref().unwrap().path().to_path_buf();
        assert!(processes_with(&profile) > 0);
        (process, session, profile)
    }

    #[tokio::test]
    async fn nothing_is_left_of_a_browser_that_was_dropped() {
        let (process, session, profile) = started().await;
        drop(session);
        drop(process);
        assert_eq!((processes_with(&profile), profile.exists()), (0, false));
    }

    #[tokio::test]
    async fn nothing_is_left_of_a_browser_that_could_not_be_asked_to_close() {
        let (process, session, profile) = started().await;
        session.leak().unwrap();
        drop(process);
        let deadline = std::time::Instant::now() + Duration::from_secs(5);
        while processes_with(&profile) > 0 && std::time::Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(20));
        }
        assert_eq!((processes_with(&profile), profile.exists()), (0, false));
    }
}
