"""The foreign clients of the hub's tests: azure-iot-device, azure-iot-hub, and bytes that neither would send."""

import base64
import hashlib
import hmac
import time
import urllib.parse

WAIT_SECONDS = 20


class Failure(Exception):
    """What was expected did not happen."""


def wait(what, condition, seconds=WAIT_SECONDS):
    """Asks until the condition holds; gives its value."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise Failure(f"waited {seconds} s for {what}")
        time.sleep(0.05)


def sas_token(resource, key, seconds=3600, policy=None):
    """A SAS token, contract iothub-mqtt section 3; negative seconds make an expired one."""
    encoded, expiry = urllib.parse.quote(resource, safe=""), int(time.time()) + seconds
    digest = hmac.new(base64.b64decode(key), f"{encoded}\n{expiry}".encode(), hashlib.sha256).digest()
    signature = urllib.parse.quote(base64.b64encode(digest), safe="")
    return f"SharedAccessSignature sr={encoded}&sig={signature}&se={expiry}" + (f"&skn={policy}" if policy else "")


def derived_key(group_key, registration_id):
    """The key of a device of an enrolment group, contract provisioning section 2."""
    digest = hmac.new(base64.b64decode(group_key), registration_id.encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def parts(connection_string):
    """A connection string as a dictionary."""
    return dict(part.split("=", 1) for part in connection_string.split(";"))
