"""The gateway's OpenAPI document: it names every route of the contracts, and schemathesis finds the server as it says.

hub_openapi.py SERVER_JSON SECONDS [DOCUMENT]

SERVER_JSON as for hub_clients.py. One JSON line for each statement; status 1 when one fails. SECONDS bounds
schemathesis. DOCUMENT is a file that stands for /openapi.json.
"""

import json
import os
import re
import subprocess
import sys
import tempfile

import requests

from hub_peers import Failure, parts, sas_token

# The calls of azure-iot-hub 2.7, contract iothub-rest, and the enrolments of contract provisioning.
ROUTES = {
    "/devices": "GET POST", "/devices/query": "POST", "/devices/{}": "GET PUT DELETE", "/devices/{}/commands": "DELETE",
    "/devices/{}/modules": "GET", "/devices/{}/modules/{}": "GET PUT DELETE",
    "/devices/{}/applyConfigurationContent": "POST",
    "/twins/{}": "GET PATCH PUT", "/twins/{}/modules/{}": "GET PATCH PUT", "/twins/{}/methods": "POST",
    "/twins/{}/modules/{}/methods": "POST", "/statistics/devices": "GET", "/statistics/service": "GET",
    "/messages/devicebound": "POST", "/messages/serviceBound/feedback": "GET",
    "/messages/serviceBound/feedback/{}": "DELETE", "/messages/serviceBound/feedback/{}/abandon": "POST",
    "/configurations": "GET", "/configurations/{}": "GET PUT DELETE", "/configurations/testQueries": "POST",
    "/jobs/v2/{}": "GET PUT", "/jobs/v2/{}/cancel": "POST", "/jobs/v2/query": "GET", "/jobs/create": "POST",
    "/jobs": "GET", "/digitaltwins/{}": "GET PATCH", "/digitaltwins/{}/commands/{}": "POST",
    "/digitaltwins/{}/components/{}/commands/{}": "POST",
    "/enrollments/{}": "GET PUT DELETE", "/enrollments/query": "POST", "/enrollmentGroups/{}": "GET PUT DELETE",
    "/enrollmentGroups/query": "POST", "/registrations/{}": "GET DELETE",
}
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,ignored_auth"
# A backup is as large as the log, a stream of records ends when its reader does, a call waits 300 s for a device if it
# is told to, and schemathesis writes no JSON lines.
LONG = "^/backup|^/topics/.*/(records|imports/)|/methods$|/commands/"


def document(server, token):
    answer = requests.get(f"https://localhost:{server['https']}/openapi.json", headers={"Authorization": token},
                          verify=server["authority"], timeout=20)
    if answer.status_code != 200:
        raise Failure(f"GET /openapi.json: {answer.status_code} {answer.text[:200]}")
    return answer.json()


def all_routes(found):
    """Every call that the packages make is in the document."""
    if not str(found.get("openapi", "")).startswith("3."):
        raise Failure(f"openapi: {found.get('openapi')}")
    paths = {re.sub(r"\{[^}]*\}", "{}", path).lower(): operations for path, operations in found["paths"].items()}
    missing = [f"{method} {path}" for path, methods in ROUTES.items() for method in methods.split()
               if method.lower() not in paths.get(path.lower(), {})]
    if missing:
        raise Failure(f"not in the document: {', '.join(missing)}")
    return f"{sum(len(operations) for operations in paths.values())} operations"


def conformance(found, server, token, seconds):
    """The server answers as the document says, whatever is sent to it."""
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "openapi.json")
        with open(file, "w", encoding="utf-8") as out:
            json.dump(found, out)
        command = [
            os.path.join(os.path.dirname(sys.executable), "schemathesis"), "run", file,
            "--url", f"https://localhost:{server['https']}", "--tls-verify", server["authority"],
            "--header", f"Authorization: {token}", "--checks", CHECKS, "--exclude-path-regex", LONG,
            "--phases", "examples,coverage,fuzzing", "--max-examples", "20", "--max-time", str(seconds),
            "--seed", "5", "--no-shrink", "--request-timeout", "10", "--workers", "1", "--warnings", "off",
            "--no-color",
        ]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 90, check=False, cwd=folder)
    text = ended.stdout.replace(token, "…")
    if ended.returncode:
        failures = text.partition("= FAILURES =")[2] or text.partition("= ERRORS =")[2] or text
        raise Failure(f"status {ended.returncode}: {failures.strip()[:6000]} {ended.stderr[-500:]}")
    return " ".join(re.sub(r"[^\x20-\x7e]", " ", text.partition("SUMMARY")[2]).split())[:600]


def run(name, function, *arguments):
    line = {"statement": name, "ok": False}
    try:
        line["detail"] = function(*arguments)
        line["ok"] = True
    except Exception as error:  # whatever it is, it is this statement's result
        line["detail"] = f"{type(error).__name__}: {error}"
    print(json.dumps(line, ensure_ascii=False), flush=True)
    return line["ok"]


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        server = json.load(file)
    login = parts(server["policies"]["iothubowner"])
    token = sas_token(login["HostName"], login["SharedAccessKey"], policy=login["SharedAccessKeyName"])
    found = {}

    def read():
        if len(sys.argv) > 3:
            with open(sys.argv[3], encoding="utf-8") as file:
                found.update(json.load(file))
        else:
            found.update(document(server, token))
        return f"{len(json.dumps(found))} bytes"

    good = run("openapi-document", read) and all([
        run("openapi-routes", all_routes, found),
        run("openapi-conformance", conformance, found, server, token, int(sys.argv[2])),
    ])
    sys.exit(0 if good else 1)


main()
