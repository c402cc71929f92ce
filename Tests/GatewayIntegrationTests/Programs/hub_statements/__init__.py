"""Statements about the hub, each a function that the official packages try; hub_statements.json lists them."""

import contextlib
import os
import tempfile
import uuid

from hub_peers import Failure, certificates, derived_key, log, wait
from hub_peers.device import Device
from hub_peers.relay import Relay
from hub_peers.service import Service, refusal
from hub_peers.wire import HubWire

STATEMENTS = {}


def statement(function):
    """Registers a function under its name with hyphens."""
    STATEMENTS[function.__name__.replace("_", "-")] = function
    return function


class Hub:
    """The gateway under test, as its file describes it."""

    def __init__(self, server):
        self.server, self.name = server, server["host"]
        with open(server["authority"], encoding="ascii") as file:
            self.authority = file.read()
        self.relay = Relay({8883: server["mqtts"], 443: server["https"], 5671: server.get("amqps", 0)})
        self.folder = tempfile.mkdtemp(prefix="hub-statements-")
        self.services = {}

    def service(self, policy="iothubowner"):
        if policy not in self.services:
            self.services[policy] = Service(self, self.server["policies"][policy])
        return self.services[policy]

    @property
    def builtin_authority(self):
        """Certificate and key of the gateway's own CA."""
        return os.path.join(self.server["data"], "tls/ca.pem"), os.path.join(self.server["data"], "tls/ca-key.pem")


class Scene:
    """One statement; what it opens is closed at its end."""

    def __init__(self, hub, name):
        self.hub, self.name = hub, name
        self.ends = contextlib.ExitStack()
        self.service = hub.service()
        self.registry = self.service.registry

    def unique(self, word=""):
        return f"{self.name}{'-' + word if word else ''}-{uuid.uuid4().hex[:8]}"

    # Identities.

    def register(self, word="", **options):
        """A new device with keys; gives its identity."""
        status = options.pop("status", "enabled")
        return self.registry.create_device_with_sas(self.unique(word), "", "", status, **options)

    def register_module(self, device_id, word="m"):
        return self.registry.create_module_with_sas(device_id, self.unique(word), "", "", "")

    # Clients.

    def client(self, identity, connect=True, **options):
        """The program of a registered device or module; connected unless told otherwise."""
        keys = getattr(identity.authentication, "symmetric_key", None)
        options.setdefault("key", keys.primary_key if keys else None)
        module = getattr(identity, "module_id", None)
        device = self.ends.enter_context(Device(self.hub, identity.device_id, module_id=module, **options))
        return device.connect() if connect else device

    def device(self, *listens, word="", **options):
        """A new device, connected and listening."""
        return self.client(self.register(word), **options).listen(*listens)

    def wire(self, identity, **options):
        """The same by hand."""
        module = getattr(identity, "module_id", None)
        name = f"{identity.device_id}/{module}" if module else identity.device_id
        options.setdefault("key", identity.authentication.symmetric_key.primary_key)
        return self.ends.enter_context(HubWire(self.hub, name, **options))

    def certificate(self, name, **options):
        return certificates.make(self.hub.folder, name, **options)

    # The log and the command line.

    def records(self, topic="telemetry", device=None):
        return log.records(self.hub, topic, device)

    def weir(self, *arguments, **options):
        return log.weir(self.hub, *arguments, **options)

    # What must be.

    def equal(self, what, found, wanted):
        if found != wanted:
            raise Failure(f"{what}: {str(found)[:600]}, expected {str(wanted)[:600]}")

    def true(self, what, condition):
        if not condition:
            raise Failure(f"not so: {what}")

    def wait(self, what, condition, seconds=20):
        return wait(what, condition, seconds)

    def allowed(self, what, function):
        """Something must succeed; gives its result."""
        try:
            return function()
        except Exception as error:  # whatever it is, it is told with what it was about
            body = getattr(getattr(error, "response", None), "text", "")
            raise Failure(f"{what}: {type(error).__name__}: {error} {body[:300]}") from error

    def refused(self, what, function, status, code=None, number=None):
        """Something is refused over HTTP with this status, iothub-errorcode and number; gives the body."""
        try:
            found, name, body = refusal(function)
        except Failure as failure:
            raise Failure(f"{what}: {failure}") from None
        statuses = status if isinstance(status, tuple) else (status,)
        if found not in statuses or (code and name != code) or (number and str(number) not in body):
            raise Failure(f"{what}: {found} {name} {body[:300]}, expected {status} {code or ''} {number or ''}")
        return body

    def raises(self, what, kind, function):
        """Something raises an exception whose class has this name; gives the exception."""
        try:
            result = function()
        except Exception as error:  # its class is looked at
            if kind not in [each.__name__ for each in type(error).__mro__]:
                raise Failure(f"{what}: {type(error).__name__}: {error}, expected {kind}") from error
            return error
        raise Failure(f"{what}: was not refused but gave {str(result)[:300]}")


__all__ = ["STATEMENTS", "Failure", "Hub", "Scene", "certificates", "derived_key", "statement"]
