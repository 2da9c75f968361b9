// simple-oauth2, with jose for the id_token.

import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { createRemoteJWKSet, jwtVerify } from "jose";
import { AuthorizationCode, ClientCredentials, ResourceOwnerPassword } from "simple-oauth2";
import { agree } from "./browser.mjs";

const house = JSON.parse(process.argv[2]);
const keys = createRemoteJWKSet(new URL(`${house.issuer}/oauth2/v0/jwks`));

const options = (app, authorizationMethod, more = {}) => ({
  client: { id: app.client_id, secret: app.client_secret },
  auth: {
    tokenHost: house.issuer,
    tokenPath: "/oauth2/v0/token",
    revokePath: "/oauth2/v0/revoke",
    ...more,
  },
  options: { authorizationMethod },
});

/** What at_hash must be: of Ed25519 signatures the hash is SHA-512. */
function half(accessToken, algorithm) {
  const digest = createHash(algorithm === "EdDSA" ? "sha512" : "sha256").update(accessToken).digest();
  return digest.subarray(0, digest.length / 2).toString("base64url");
}

async function idToken({ token }, app, nonce) {
  const { payload } = await jwtVerify(token.id_token, keys, {
    issuer: house.issuer,
    audience: app.client_id,
    algorithms: [app.algorithm],
    subject: app.subject,
    requiredClaims: ["iat", "exp", "at_hash"],
  });
  assert.equal(payload.at_hash, half(token.access_token, app.algorithm));
  assert.equal(payload.nonce, nonce);
}

async function livesAndEnds(connection, app) {
  assert.equal(connection.expired(), false);
  const refreshed = await connection.refresh();
  await idToken(refreshed, app);
  await refreshed.revokeAll();
  await assert.rejects(refreshed.refresh(), /403/);
}

for (const app of house.apps) {
  for (const method of ["header", "body"]) {
    const own = await new ClientCredentials(options(app, method)).getToken({});
    assert.equal(own.token.expires_in, 3600);
  }
  const connection = await new ResourceOwnerPassword(options(app, "header")).getToken({
    username: app.subject,
    password: app.request_token,
    credtype: "authtoken",
  });
  await idToken(connection, app);
  await livesAndEnds(connection, app);
}

for (const person of house.people) {
  const client = new AuthorizationCode(
    options(person, "header", { authorizePath: "/oauth2/v0/authorize" }),
  );
  const [verifier, state, nonce] = [0, 0, 0].map(() => randomBytes(32).toString("base64url"));
  const address = client.authorizeURL({
    redirect_uri: person.redirect_uri,
    scope: "openid user.read",
    state,
    nonce,
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
  });
  const callback = new URL(await agree(address, person));
  assert.equal(callback.searchParams.get("state"), state);
  const connection = await client.getToken({
    code: callback.searchParams.get("code"),
    redirect_uri: person.redirect_uri,
    code_verifier: verifier,
  });
  await idToken(connection, person, nonce);
  await livesAndEnds(connection, person);
}
