"""Authlib: a company's connection from its request token to its end, and a person's by a code."""

import json
import sys

from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc8414 import get_well_known_url
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.jwk import KeySet
import requests

from browser import Browser

house = json.loads(sys.argv[1])
metadata = requests.get(get_well_known_url(house["issuer"], external=True)).json()
openid = requests.get(house["issuer"] + "/.well-known/openid-configuration").json()
assert metadata == openid, "both kinds of discovery say the same"
assert openid["issuer"] == house["issuer"]


def session(app, method, **more):
    return OAuth2Session(
        app["client_id"],
        app["client_secret"],
        token_endpoint_auth_method=method,
        token_endpoint=openid["token_endpoint"],
        **more,
    )


def id_token(token, app, subject, nonce=None):
    keys = KeySet.import_key_set(requests.get(openid["jwks_uri"]).json())
    decoded = jwt.decode(token["id_token"], keys, algorithms=[app["algorithm"]])
    claims = CodeIDToken(
        decoded.claims,
        decoded.header,
        {
            "iss": {"essential": True, "value": openid["issuer"]},
            "aud": {"essential": True, "value": app["client_id"]},
            "sub": {"essential": True, "value": subject},
        },
        {"nonce": nonce, "client_id": app["client_id"], "access_token": token["access_token"]},
    )
    claims.validate()
    assert "at_hash" in claims


def lives_and_ends(client, token, app, subject):
    """Refreshed, asked about, given back."""
    refreshed = client.refresh_token(openid["token_endpoint"], refresh_token=token["refresh_token"])
    id_token(refreshed, app, subject)
    told = client.introspect_token(openid["introspection_endpoint"], token=refreshed["access_token"])
    assert told.json()["active"] is True and told.json()["sub"] == subject, told.text
    assert client.get(openid["userinfo_endpoint"]).json()["sub"] == subject
    client.revoke_token(openid["revocation_endpoint"], token=refreshed["refresh_token"])
    told = client.introspect_token(openid["introspection_endpoint"], token=refreshed["access_token"])
    assert told.json() == {"active": False}, told.text


for app in house["apps"]:
    for method in ["client_secret_basic", "client_secret_post"]:
        own = session(app, method).fetch_token(grant_type="client_credentials")
        assert own["expires_in"] == 3600 and "refresh_token" not in own
    client = session(app, "client_secret_basic")
    token = client.fetch_token(
        grant_type="password",
        credtype="authtoken",
        username=app["subject"],
        password=app["request_token"],
    )
    id_token(token, app, app["subject"])
    lives_and_ends(client, token, app, app["subject"])

for person in house["people"]:
    client = session(
        person,
        "client_secret_basic",
        redirect_uri=person["redirect_uri"],
        scope="openid user.read",
        code_challenge_method="S256",
    )
    verifier, nonce = generate_token(48), generate_token(20)
    address, state = client.create_authorization_url(
        openid["authorization_endpoint"], code_verifier=verifier, nonce=nonce
    )
    callback = Browser().agree(address, person)
    token = client.fetch_token(authorization_response=callback, state=state, code_verifier=verifier)
    id_token(token, person, person["subject"], nonce)
    lives_and_ends(client, token, person, person["subject"])
