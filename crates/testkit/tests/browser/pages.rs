//! A few pages on a port of their own, served one request at a time.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};

const FORM: &str = r#"<!doctype html><html lang="en"><head><title>Sign up</title></head><body><main>
<h1>Sign up</h1>
<p>Script is <span id="script">off</span></p>
<noscript><p>This page runs no script</p></noscript>
<form action="/sent">
  <p><label for="email">Email (optional)</label> <input id="email" name="email" autocomplete="email"></p>
  <p><label>Country <select name="country"><option value="se">Sweden<option value="no">Norway</select></label></p>
  <p><label><input type="checkbox" name="agree"> I agree to the terms</label></p>
  <button> Send
  it </button>
</form>
<p><a href="/terms" target="_blank" rel="noopener">Terms <small>(opens a window)</small></a></p>
</main><script src="/script.js"></script></body></html>"#;

const TERMS: &str = r#"<!doctype html><html lang="en"><title>Terms</title><main><h1>Terms</h1>
<p id="size">unknown</p></main><script src="/script.js"></script></html>"#;

const SENT: &str = r#"<!doctype html><html lang="en"><title>Sent</title><h1>Thank you</h1></html>"#;

const BAD: &str = r#"<!doctype html><html><title>Bad</title><style>div { width: 3000px }</style>
<div class="wide" style="width: 3000px">wide</div><pre class="wide">PADDING</pre>
<img id="logo" src="data:image/gif;base64,R0lGODlhAQABAAAAACw="></html>"#;

const ELSEWHERE: &str = r#"<!doctype html><html lang="en"><title>Elsewhere</title><main><h1>Elsewhere</h1>
<p><a href="/terms">Terms</a> <img src="http://localhost:9/pixel" alt=""></p></main></html>"#;

const ORDER: &str = r#"<!doctype html><html lang="en"><title>Order</title>
<a href="/terms">First</a> <a href="/form" tabindex="1">Second</a> <a href="/sent">Third</a></html>"#;

const RING: &str = r#"<!doctype html><html lang="en"><title>Ring</title>
<a href="/terms">Terms</a> <a href="/sent" id="plain">Sent</a><script src="/script.js"></script></html>"#;

const SCRIPT: &str = "
    const write = (id, text) => { const at = document.getElementById(id); if (at) at.textContent = text; };
    const dark = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
    write('script', 'on');
    const plain = document.getElementById('plain');
    if (plain) plain.style.outline = 'none';
    write('size', innerWidth + ' by ' + innerHeight + ', ' + dark);";

const POLICY: &str = "default-src 'none'; script-src 'self'; form-action 'self'; \
                      img-src http://localhost:*";

/// The running server; it ends with the test's process.
pub struct Pages(SocketAddr);

impl Pages {
    pub fn serve() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("the loopback has free ports");
        let address = listener.local_addr().expect("it is bound");
        std::thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                std::thread::spawn(move || answer(connection));
            }
        });
        Self(address)
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.0)
    }
}

fn answer(mut connection: TcpStream) -> Option<()> {
    let mut lines = BufReader::new(connection.try_clone().ok()?).lines();
    let request = lines.next()?.ok()?;
    lines.map_while(Result::ok).find(String::is_empty)?;
    let path = request.split_whitespace().nth(1)?;
    let (kind, body) = match path.split('?').next()? {
        "/form" => ("text/html", FORM.to_owned()),
        "/terms" => ("text/html", TERMS.to_owned()),
        "/sent" => ("text/html", SENT.to_owned()),
        "/bad" => ("text/html", BAD.replace("PADDING", &"wide ".repeat(400))),
        "/elsewhere" => ("text/html", ELSEWHERE.to_owned()),
        "/order" => ("text/html", ORDER.to_owned()),
        "/ring" => ("text/html", RING.to_owned()),
        "/script.js" => ("text/javascript", SCRIPT.to_owned()),
        _ => ("text/plain", String::new()),
    };
    write!(
        connection,
        "HTTP/1.1 200 OK\r\nContent-Type: {kind}; charset=utf-8\r\nContent-Length: {}\r\n\
         Content-Security-Policy: {POLICY}\r\nConnection: close\r\n\r\n{body}",
        body.len(),
    )
    .ok()
}
