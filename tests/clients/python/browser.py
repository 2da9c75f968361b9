"""A person at a browser, by plain HTTP: follows redirects, signs in, agrees, keeps cookies."""

from html.parser import HTMLParser
from urllib.parse import urljoin

import requests


class Forms(HTMLParser):
    """The forms of a page: where each leads, its fields, and the names of its buttons."""

    def __init__(self, page):
        super().__init__()
        self.forms = []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "form":
            self.forms.append({"action": given.get("action") or "", "fields": {}, "buttons": []})
        elif self.forms and tag == "input" and given.get("name"):
            self.forms[-1]["fields"][given["name"]] = given.get("value") or ""
        elif self.forms and tag == "button" and given.get("name"):
            self.forms[-1]["buttons"].append((given["name"], given.get("value") or ""))


class Browser:
    def __init__(self):
        self.session = requests.Session()

    def agree(self, address, person):
        """Where the person arrives who signs in and agrees: at the redirect URI of the app."""
        answer = self.session.get(address, allow_redirects=False)
        for _ in range(12):
            if answer.is_redirect:
                address = urljoin(address, answer.headers["location"])
                if address.startswith(person["redirect_uri"]):
                    return address
                answer = self.session.get(address, allow_redirects=False)
                continue
            assert answer.status_code == 200, f"{answer.status_code} at {address}: {answer.text}"
            form = self.form(answer.text)
            address = urljoin(address, form["action"])
            fields = self.filled(form, person)
            answer = self.session.post(address, data=fields, allow_redirects=False)
        raise AssertionError(f"{address} leads nowhere: {answer.text}")

    @staticmethod
    def form(page):
        """The one to sign in with, or to agree with."""
        for form in Forms(page).forms:
            if "password" in form["fields"] or ("answer", "allow") in form["buttons"]:
                return form
        raise AssertionError(f"nothing to sign in or agree with: {page}")

    @staticmethod
    def filled(form, person):
        fields = dict(form["fields"])
        if "password" in fields:
            return fields | {"login": person["login"], "password": person["password"]}
        return fields | {"answer": "allow"}
