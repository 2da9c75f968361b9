"""Rows as a release writes them, for the test that a later release still reads them (S40).

    python3 make.py PROGRAM FILE.json

PROGRAM is that release's `quickconnect`, a debug build. It runs a demo in a temporary folder on the
loopback address, is asked for what customers and partners ask, and is ended; then its platform's
tables are written down. Of tables that a demo fills with much, a few rows are kept. All people,
companies and secrets in it are the demo's own.
"""

import html
import http.cookiejar
import json
import pathlib
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

PORT = 31400
PASSWORD = "demo-connect"
FEW = {"listing_images": 2, "expense_reports": 6}


class Browser:
    def __init__(self):
        jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))

    def open(self, url, fields=None):
        data = None if fields is None else urllib.parse.urlencode(fields).encode()
        try:
            with self.opener.open(urllib.request.Request(url, data)) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def post(self, page, action, fields):
        """Sends the form of `page` that leads to `action`, with every box ticked."""
        _, text = self.open(page)
        path = urllib.parse.urlsplit(action).path
        form = re.search(f'<form[^>]*action="{path}".*?</form>', text, re.S)
        assert form, f"{page} has no form for {path}"
        filled = {}
        for tag in re.findall(r"<input[^>]*>", form[0]):
            name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
            if name:
                filled.setdefault(name[1], html.unescape(value[1]) if value else "")
                # What is required and empty.
                if " required" in tag and not filled[name[1]]:
                    filled[name[1]] = "5550100"
        status, answer = self.open(action, {**filled, **fields})
        return status, answer


def page_title(text):
    title = re.search(r"<title>(.*?)</title>", text, re.S)
    return title[1].strip() if title else text[:200]


def token(facts, app, **fields):
    data = {"client_id": app["client_id"], "client_secret": app["client_secret"], **fields}
    url = facts["data_centers"]["glz"] + "/oauth2/v0/token"
    status, text = Browser().open(url, data)
    assert status == 200, text
    return json.loads(text)


def use(program, folder, facts):
    """What happens in the demo; returns what the test has to present later."""
    company = next(c for c in facts["companies"] if c["data_center"] == "us2")
    admin = next(u for u in company["users"] if u["permissions"])
    app = next(a for a in facts["apps"] if a["name"] == "Meridian Ledger")
    base = facts["app_center"]

    browser = Browser()
    browser.post(base + "/sign-in", base + "/sign-in", {"login": admin["login"], "password": "no"})
    status, text = browser.post(
        base + "/sign-in", base + "/sign-in", {"login": admin["login"], "password": PASSWORD}
    )
    assert status == 200, (status, page_title(text))

    listing = app["listing"]
    status, text = browser.post(listing + "/terms", listing + "/connect", {})
    assert status == 200, (status, page_title(text))
    page = listing + "/request-information"
    status, text = browser.post(page, page, {"country": "US"})
    assert status == 200, (status, page_title(text))
    made = subprocess.run(
        [program, "request-token", "--data-dir", folder, "--company", company["id"],
         "--app", app["client_id"]],
        check=True, capture_output=True, text=True,
    )
    click = json.loads(made.stdout)
    answer = token(facts, app, grant_type="password", credtype="authtoken",
                   username=click["id"], password=click["requestToken"])
    profile = urllib.request.Request(
        facts["data_centers"]["us2"] + "/profile/v1/me",
        headers={"Authorization": "Bearer " + answer["access_token"]},
    )
    urllib.request.urlopen(profile).close()
    answer = token(facts, app, grant_type="refresh_token", refresh_token=answer["refresh_token"])
    revoke = {"client_id": app["client_id"], "client_secret": app["client_secret"],
              "token": answer["access_token"]}
    status, text = Browser().open(facts["data_centers"]["us2"] + "/oauth2/v0/revoke", revoke)
    assert status == 200, text
    # One that is open.
    subprocess.run(
        [program, "request-token", "--data-dir", folder, "--company", company["id"],
         "--app", app["client_id"]],
        check=True, capture_output=True,
    )
    return {
        "company": company["id"],
        "login": admin["login"],
        "client_id": app["client_id"],
        "client_secret": app["client_secret"],
        "refresh_token": answer["refresh_token"],
    }


def written(value, kind):
    if isinstance(value, bytes):
        return {"bytes": value.hex()}
    return bool(value) if kind == "BOOLEAN" and value is not None else value


def tables(folder):
    database = sqlite3.connect(folder / "platform.sqlite")
    names = [name for (name,) in database.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rowid"
    )]
    for name in names:
        columns = [(row[1], row[2]) for row in database.execute(f"PRAGMA table_info({name})")]
        rows = database.execute(
            f"SELECT * FROM {name} ORDER BY rowid LIMIT {FEW.get(name, -1)}"
        )
        yield name, [
            {column: written(value, kind) for (column, kind), value in zip(columns, row)}
            for row in rows
        ]


def main():
    program, file = sys.argv[1:]
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place) / "demo"
        demo = subprocess.Popen(
            [program, "demo", "--data-dir", folder, "--port-base", str(PORT)],
            stdout=subprocess.DEVNULL,
        )
        try:
            for _ in range(200):
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{PORT}/sign-in")
                    break
                except OSError:
                    time.sleep(0.1)
            facts = json.loads((folder / "demo.json").read_text())
            known = use(program, folder, facts)
            # The audit log is chained by a job.
            time.sleep(5)
        finally:
            demo.terminate()
            demo.wait()
        of_all = dict(tables(folder))
        applied = of_all.pop("schema_migrations")
        result = {
            "newest": max(applied, key=lambda row: row["position"])["name"],
            "at": int(time.time() * 1_000_000),
            "key_secret": (folder / "platform.key").read_bytes().hex(),
            **known,
            "tables": list(of_all.items()),
        }
        lines = json.dumps(result, ensure_ascii=False, indent=1)
        pathlib.Path(file).write_text(lines + "\n")
        print({name: len(rows) for name, rows in of_all.items()})


main()
