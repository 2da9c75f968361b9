// openid-client: a company's connection from its request token to its end, and a person's by a code.

import assert from "node:assert/strict";
import * as client from "openid-client";
import { agree } from "./browser.mjs";

const house = JSON.parse(process.argv[2]);

async function discover(app, authentication) {
  const config = await client.discovery(
    new URL(house.issuer),
    app.client_id,
    { id_token_signed_response_alg: app.algorithm },
    authentication(app.client_secret),
    { execute: [client.allowInsecureRequests] },
  );
  // Verifies the signatures of id_tokens, which it leaves to TLS otherwise.
  client.enableNonRepudiationChecks(config);
  return config;
}

/** Refreshed, asked about, given back. */
async function livesAndEnds(config, tokens, subject) {
  const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token);
  assert.equal(refreshed.claims().sub, subject);
  const { access_token } = refreshed;
  assert.equal((await client.fetchUserInfo(config, access_token, subject)).sub, subject);
  const told = await client.tokenIntrospection(config, access_token);
  assert.deepEqual([told.active, told.sub], [true, subject]);
  await client.tokenRevocation(config, refreshed.refresh_token);
  assert.deepEqual(await client.tokenIntrospection(config, access_token), { active: false });
}

for (const app of house.apps) {
  for (const authentication of [client.ClientSecretBasic, client.ClientSecretPost]) {
    const own = await client.clientCredentialsGrant(await discover(app, authentication));
    assert.deepEqual([own.expires_in, own.refresh_token], [3600, undefined]);
  }
  const config = await discover(app, client.ClientSecretBasic);
  const tokens = await client.genericGrantRequest(config, "password", {
    credtype: "authtoken",
    username: app.subject,
    password: app.request_token,
  });
  assert.equal(tokens.claims().sub, app.subject);
  assert.equal(typeof tokens.claims().at_hash, "string");
  await livesAndEnds(config, tokens, app.subject);
}

for (const person of house.people) {
  const config = await discover(person, client.ClientSecretBasic);
  const pkceCodeVerifier = client.randomPKCECodeVerifier();
  const [expectedState, expectedNonce] = [client.randomState(), client.randomNonce()];
  const address = client.buildAuthorizationUrl(config, {
    redirect_uri: person.redirect_uri,
    scope: "openid user.read",
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: "S256",
    state: expectedState,
    nonce: expectedNonce,
  });
  const callback = new URL(await agree(address, person));
  const checks = { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true };
  const tokens = await client.authorizationCodeGrant(config, callback, checks);
  assert.equal(tokens.claims().sub, person.subject);
  await livesAndEnds(config, tokens, person.subject);
}
