"""requests-oauthlib, with PyJWT for the id_token."""

import hashlib
import json
import os
import secrets
import sys

os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"  # loopback, without TLS

import jwt
from jwt.utils import base64url_encode
from oauthlib.oauth2 import BackendApplicationClient, LegacyApplicationClient
from requests_oauthlib import OAuth2Session

from browser import Browser

house = json.loads(sys.argv[1])
token_endpoint = house["issuer"] + "/oauth2/v0/token"
keys = jwt.PyJWKClient(house["issuer"] + "/oauth2/v0/jwks")


def id_token(token, app, subject, nonce=None):
    key = keys.get_signing_key_from_jwt(token["id_token"])
    decoded = jwt.decode_complete(
        token["id_token"],
        key,
        algorithms=[app["algorithm"]],
        audience=app["client_id"],
        issuer=house["issuer"],
        options={"require": ["iss", "sub", "aud", "exp", "iat", "at_hash"]},
    )
    claims = decoded["payload"]
    # Of Ed25519 signatures the hash is SHA-512.
    kind = hashlib.sha512 if app["algorithm"] == "EdDSA" else hashlib.sha256
    digest = kind(token["access_token"].encode()).digest()
    half = base64url_encode(digest[: len(digest) // 2]).decode()
    assert claims["at_hash"] == half, "at_hash is the left half of the hash, as base64url"
    assert claims["sub"] == subject and claims.get("nonce") == nonce


def refreshes(session, app, subject):
    token = session.refresh_token(
        token_endpoint, client_id=app["client_id"], client_secret=app["client_secret"]
    )
    assert isinstance(token["refresh_expires_in"], int)
    id_token(token, app, subject)
    assert session.get(house["issuer"] + "/oauth2/v0/userinfo").json()["sub"] == subject


for app in house["apps"]:
    session = OAuth2Session(client=BackendApplicationClient(client_id=app["client_id"]))
    own = session.fetch_token(
        token_endpoint, client_id=app["client_id"], client_secret=app["client_secret"]
    )
    assert own["token_type"] == "Bearer" and isinstance(own["expires_in"], int)

    session = OAuth2Session(client=LegacyApplicationClient(client_id=app["client_id"]))
    token = session.fetch_token(
        token_endpoint,
        username=app["subject"],
        password=app["request_token"],
        client_id=app["client_id"],
        client_secret=app["client_secret"],
        credtype="authtoken",
    )
    id_token(token, app, app["subject"])
    refreshes(session, app, app["subject"])
    ended = session.delete(token["geolocation"] + "/app-mgmt/v0/connections")
    assert ended.status_code == 200, ended.text

for person in house["people"]:
    session = OAuth2Session(
        person["client_id"],
        redirect_uri=person["redirect_uri"],
        scope=["openid", "user.read"],
        pkce="S256",
    )
    nonce = secrets.token_urlsafe(16)
    address, _ = session.authorization_url(house["issuer"] + "/oauth2/v0/authorize", nonce=nonce)
    token = session.fetch_token(
        token_endpoint,
        authorization_response=Browser().agree(address, person),
        client_secret=person["client_secret"],
    )
    id_token(token, person, person["subject"], nonce)
    refreshes(session, person, person["subject"])
