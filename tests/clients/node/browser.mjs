// A person at a browser, by plain HTTP: follows redirects, signs in, agrees, keeps cookies.

import assert from "node:assert/strict";

/** Where the person arrives who signs in and agrees: at the redirect URI of the app. */
export async function agree(start, person) {
  const cookies = new Map();
  let address = String(start);
  let answer = await visit(address, cookies);
  for (let step = 0; step < 12; step += 1) {
    const location = answer.headers.get("location");
    if (location) {
      address = new URL(location, address).href;
      if (address.startsWith(person.redirect_uri)) return address;
      answer = await visit(address, cookies);
      continue;
    }
    const page = await answer.text();
    assert.equal(answer.status, 200, `${address}: ${page}`);
    const form = forms(page).find(({ fields, allows }) => "password" in fields || allows);
    assert.ok(form, `nothing to sign in or agree with: ${page}`);
    address = new URL(form.action, address).href;
    const { login, password } = person;
    const filled = "password" in form.fields ? { login, password } : { answer: "allow" };
    const body = new URLSearchParams({ ...form.fields, ...filled });
    answer = await visit(address, cookies, { method: "POST", body });
  }
  assert.fail(`${address} leads nowhere`);
}

async function visit(address, cookies, options = {}) {
  const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  const answer = await fetch(address, { ...options, headers: { cookie }, redirect: "manual" });
  for (const line of answer.headers.getSetCookie()) {
    const [, name, value] = line.match(/^([^=]+)=([^;]*)/);
    cookies.set(name, value);
  }
  return answer;
}

const attribute = (tag, name) => unescape(tag.match(new RegExp(`\\s${name}="([^"]*)"`))?.[1] ?? "");

const unescape = (text) =>
  text.replaceAll("&#38;", "&").replaceAll("&amp;", "&").replaceAll("&#34;", '"').replaceAll("&#39;", "'");

function forms(page) {
  return [...page.matchAll(/<form[^>]*>.*?<\/form>/gs)].map(([form]) => ({
    action: attribute(form.match(/<form[^>]*>/)[0], "action"),
    allows: /<button[^>]*value="allow"/.test(form),
    fields: Object.fromEntries(
      [...form.matchAll(/<input[^>]*>/g)].map(([tag]) => [attribute(tag, "name"), attribute(tag, "value")]),
    ),
  }));
}
