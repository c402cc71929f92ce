"""Who may do what, and what a refusal tells."""

from hub_peers import parts, sas_token
from hub_statements import statement

TWIN = {"tags": {"p": 1}}


def calls(device):
    """Operations by the permission they need: method, path, body."""
    return {
        "RegistryRead": [
            ("GET", f"/devices/{device}", None), ("GET", "/devices", None), ("GET", "/statistics/devices", None),
            ("GET", f"/devices/{device}/modules", None), ("GET", "/configurations", None),
        ],
        "RegistryWrite": [
            ("PUT", f"/devices/{device}x", {"deviceId": f"{device}x"}), ("DELETE", f"/devices/{device}x", None),
            ("POST", "/devices", [{"id": f"{device}x", "importMode": "delete"}]),
            ("DELETE", "/configurations/nothing", None),
        ],
        "ServiceConnect": [
            ("GET", f"/twins/{device}", None), ("PATCH", f"/twins/{device}", TWIN), ("PUT", f"/twins/{device}", TWIN),
            ("POST", f"/twins/{device}/methods", {"methodName": "m"}), ("DELETE", f"/devices/{device}/commands", None),
            ("GET", "/messages/serviceBound/feedback", None), ("GET", f"/digitaltwins/{device}", None),
        ],
        "Both": [("PUT", "/jobs/v2/nothing", {}), ("GET", "/jobs/v2/query", None)],
        "Either": [("POST", "/devices/query", {"query": "SELECT deviceId FROM devices WHERE deviceId = ''"})],
    }


MAY = {
    "iothubowner": {"RegistryRead", "RegistryWrite", "ServiceConnect", "Both", "Either"},
    "service": {"ServiceConnect", "Either"},
    "registryRead": {"RegistryRead", "Either"},
    "registryReadWrite": {"RegistryRead", "RegistryWrite", "Either"},
    "device": set(),
}


@statement
def permissions(scene):
    """The table of contract iothub-rest section 1: 401 for what a policy may not do, anything else for what it may."""
    device = scene.register().device_id
    wrong = []
    for policy, allowed in MAY.items():
        service = scene.hub.service(policy)
        for permission, operations in calls(device).items():
            for method, path, body in operations:
                answer = service.request(method, path, body)
                if (answer.status_code != 401) != (permission in allowed) or answer.status_code >= 500:
                    wrong.append(f"{policy}: {method} {path}: {answer.status_code}")
                if answer.status_code == 401:
                    scene.equal("code", answer.headers.get("iothub-errorcode"), "IotHubUnauthorizedAccess")
    scene.equal("wrong answers", wrong, [])


@statement
def wrong_tokens(scene):
    """401 for all of these, with nothing in the body or in any record that is a key."""
    device = scene.register().device_id
    login = parts(scene.service.connection_string)
    host, key, policy = login["HostName"], login["SharedAccessKey"], login["SharedAccessKeyName"]
    tokens = {
        "expired": sas_token(host, key, -600, policy),
        "another key": sas_token(host, "d3Jvbmctd3Jvbmctd3Jvbmctd3Jvbmc=", policy=policy),
        "an unknown policy": sas_token(host, key, policy="nobody"),
        "another host": sas_token("other.example.org", key, policy=policy),
        "a device's resource": sas_token(f"{host}/devices/{device}", key, policy=policy),
        "no policy": sas_token(host, key),
        "cut off": sas_token(host, key, policy=policy)[:40],
        "empty": "",
        "bearer": "Bearer eyJhbGciOiJub25lIn0.e30.",
    }
    for what, token in tokens.items():
        answer = scene.service.request("GET", f"/devices/{device}", token=token or "x")
        scene.equal(what, (answer.status_code, answer.headers.get("iothub-errorcode")),
                    (401, "IotHubUnauthorizedAccess"))
        scene.true("no key in the answer", key not in answer.text)
    for form in (host, host.split(":")[0], host.upper()):
        answer = scene.service.request("GET", f"/devices/{device}", token=sas_token(form, key, policy=policy))
        scene.equal(f"resource {form}", answer.status_code, 200)
    wrong = scene.service.connection_string.replace(key, "d3Jvbmctd3Jvbmctd3Jvbmctd3Jvbmc=")
    other = type(scene.service)(scene.hub, wrong)
    scene.refused("the package with a wrong key", lambda: other.registry.get_device(device), 401,
                  "IotHubUnauthorizedAccess")


@statement
def error_bodies(scene):
    """Every refusal has the documented form, with a tracking id and the standard phrase."""
    name = scene.unique()
    for method, path, body, status, phrase, code in [
        ("GET", f"/devices/{name}", None, 404, "Not Found", "DeviceNotFound"),
        ("GET", f"/twins/{name}", None, 404, "Not Found", "DeviceNotFound"),
        ("GET", f"/configurations/{name}", None, 404, "Not Found", "ConfigurationNotFound"),
        ("GET", f"/jobs/v2/{name}", None, 404, "Not Found", "JobNotFound"),
        ("POST", "/devices/query", {"query": "SELECT"}, 400, "Bad Request", "ArgumentInvalid"),
    ]:
        answer = scene.service.request(method, path, body)
        scene.equal(path, (answer.status_code, answer.reason, answer.headers.get("iothub-errorcode")),
                    (status, phrase, code))
        found = answer.json()
        scene.true(f"body {found}", f"ErrorCode:{code}" in found["Message"] and "Tracking ID" in
                   found["ExceptionMessage"])
