"""schemathesis against every endpoint of /openapi.json, with good credentials and tokens.

Called with a house as JSON, it runs schemathesis on itself as the module of hooks.
"""

import itertools
import json
import os
import subprocess
import sys

import requests
import schemathesis

CHECKS = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "missing_required_header",
    "unsupported_method",
    "ignored_auth",
]


def main():
    house = json.loads(sys.argv[1])
    command = [sys.executable, "-m", "schemathesis.cli", "run", house["issuer"] + "/openapi.json"]
    options = {
        "--checks": ",".join(CHECKS),
        "--phases": "examples,coverage,fuzzing",
        "--max-examples": "20",
        "--max-time": "40",
        "--seed": "1",
        "--request-timeout": "20",
        "--warnings": "off",
    }
    for option in options.items():
        command += option
    environment = os.environ | {"HOUSE": sys.argv[1], "SCHEMATHESIS_HOOKS": __file__}
    sys.exit(subprocess.run(command + ["--generation-database", "none"], env=environment).returncode)


if __name__ == "__main__":
    main()

house = json.loads(os.environ["HOUSE"])
app, doomed = house["apps"][0], house["apps"][1]


def token(of, **form):
    answer = requests.post(
        house["issuer"] + "/oauth2/v0/token", auth=(of["client_id"], of["client_secret"]), data=form
    )
    return answer.json() if answer.ok else None


def connect(of):
    form = {"username": of["subject"], "password": of["request_token"]}
    return token(of, grant_type="password", credtype="authtoken", **form)["refresh_token"]


connections = {of["client_id"]: connect(of) for of in [app, doomed]}


def access_token(of):
    return token(of, grant_type="refresh_token", refresh_token=connections[of["client_id"]])


@schemathesis.auth(refresh_interval=None)
class Credentials:
    """An app's own token for its secrets, a company's for everything else, Basic for clients."""

    def get(self, case, context):
        operation = case.operation
        if operation.path.startswith("/app-mgmt/v4"):
            return token(app, grant_type="client_credentials")
        if operation.path.startswith("/app-mgmt/v0"):
            return access_token(doomed)  # its connection ends by the first call
        return access_token(app)

    def set(self, case, data, context):
        security = case.operation.definition.raw.get("security", [])
        if {"access_token": []} in security and data:
            case.headers["Authorization"] = "Bearer " + data["access_token"]
        elif {"client": []} in security:
            pair = requests.auth._basic_auth_str(app["client_id"], app["client_secret"])
            case.headers["Authorization"] = pair


turns = itertools.cycle([True, True, False])


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    """Two of three addresses are the app's own."""
    if path_parameters and "id" in path_parameters and next(turns):
        return path_parameters | {"id": app["client_id"]}
    return path_parameters


@schemathesis.hook
def map_body(context, body):
    """Two of three tokens are good."""
    for field in ["refresh_token", "access_token"]:
        sent = "token" if field == "access_token" else field
        if isinstance(body, dict) and sent in body and next(turns):
            return body | {sent: access_token(app)[field]}
    return body
