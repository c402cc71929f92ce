"""A service program on the unmodified package azure-iot-hub, and plain REST for what it cannot say."""

import json
import os

import requests
from azure.iot.hub import (
    DigitalTwinClient,
    IoTHubConfigurationManager,
    IoTHubHttpRuntimeManager,
    IoTHubJobManager,
    IoTHubRegistryManager,
)
from azure.iot.hub.models import CloudToDeviceMethod, QuerySpecification, Twin, TwinProperties
from msrest.exceptions import HttpOperationError

from hub_peers import Failure, parts, sas_token

VERSION = "2021-04-12"


class Service:
    """All managers of the package with one connection string."""

    def __init__(self, hub, connection_string):
        self.hub, self.connection_string = hub, connection_string
        self.registry = IoTHubRegistryManager.from_connection_string(connection_string)
        self.jobs = IoTHubJobManager.from_connection_string(connection_string)
        self.configurations = IoTHubConfigurationManager.from_connection_string(connection_string)
        self.runtime = IoTHubHttpRuntimeManager.from_connection_string(connection_string)
        self.digital_twins = DigitalTwinClient.from_connection_string(connection_string)

    # Twins, short.

    def twin(self, device, module=None):
        return self.registry.get_module_twin(device, module) if module else self.registry.get_twin(device)

    def update_twin(self, device, desired=None, tags=None, etag=None, module=None, replace=False):
        """PATCH or PUT of tags and desired properties; gives the new twin."""
        properties = TwinProperties(desired=desired) if desired is not None else None
        twin = Twin(tags=tags, properties=properties)
        word = "replace" if replace else "update"
        if module:
            return getattr(self.registry, f"{word}_module_twin")(device, module, twin, etag)
        return getattr(self.registry, f"{word}_twin")(device, twin, etag)

    def method(self, device, name, payload=None, response=10, connect=0, module=None):
        request = CloudToDeviceMethod(
            method_name=name, payload=payload, response_timeout_in_seconds=response, connect_timeout_in_seconds=connect
        )
        if module:
            return self.registry.invoke_device_module_method(device, module, request)
        return self.registry.invoke_device_method(device, request)

    def query(self, text, size=None, token=None):
        """One page: items as dictionaries with the names of the wire, and the continuation token."""
        raw = self.registry.protocol.query.get_twins(QuerySpecification(query=text), token, size, None, True)
        return json.loads(raw.response.content), raw.headers["x-ms-continuation"]

    # REST without the package.

    def request(self, method, path, body=None, headers=None, version=VERSION, token=None, **query):
        """A request with this login; gives requests' response."""
        login = parts(self.connection_string)
        token = token or sas_token(login["HostName"], login["SharedAccessKey"], policy=login["SharedAccessKeyName"])
        sent = {"Authorization": token, **(headers or {})}
        if body is not None and not isinstance(body, (bytes, str)):
            sent.setdefault("Content-Type", "application/json; charset=utf-8")
            body = json.dumps(body)
        if version:
            query["api-version"] = version
        return requests.request(
            method, f"https://{login['HostName']}{path}", params=query, data=body, headers=sent, timeout=60,
            verify=os.environ["REQUESTS_CA_BUNDLE"],
        )

    def json(self, method, path, body=None, **options):
        """The same where it must succeed; gives the answer's JSON."""
        answer = self.request(method, path, body, **options)
        if answer.status_code >= 300:
            raise Failure(f"{method} {path}: {answer.status_code} {answer.text[:400]}")
        return answer.json() if answer.content else None


def refusal(function):
    """Runs what must be refused over HTTP; gives status, error code and body."""
    try:
        result = function()
    except HttpOperationError as error:
        answer = error.response
        return answer.status_code, answer.headers.get("iothub-errorcode"), answer.text
    raise Failure(f"was not refused but gave {str(result)[:300]}")
