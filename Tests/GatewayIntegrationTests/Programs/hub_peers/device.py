"""A device or module program on the unmodified package azure-iot-device."""

import queue

from azure.iot.device import (
    X509,
    IoTHubDeviceClient,
    IoTHubModuleClient,
    Message,
    MethodResponse,
    ProxyOptions,
    exceptions,
)

from hub_peers import WAIT_SECONDS, Failure


class Device:
    """One client; what comes to it waits in queues."""

    def __init__(self, hub, device_id, key=None, module_id=None, certificate=None, answer=None, **options):
        self.id, self.module_id, self.hub = device_id, module_id, hub
        self.patches, self.messages, self.methods = queue.Queue(), queue.Queue(), queue.Queue()
        self.answer = answer or (lambda request: (200, request.payload))
        self.faults = []
        kind = IoTHubModuleClient if module_id else IoTHubDeviceClient
        options.setdefault("connection_retry_interval", 1)
        options["server_verification_cert"] = hub.authority
        options["proxy_options"] = ProxyOptions("HTTP", "127.0.0.1", hub.relay.port)
        if certificate:
            names = {"module_id": module_id} if module_id else {}
            self.client = kind.create_from_x509_certificate(
                X509(cert_file=certificate[0], key_file=certificate[1]), hub.name, device_id, **names, **options
            )
        elif isinstance(key, dict):
            # A token that the program has made itself: {"token": ...}
            self.client = kind.create_from_sastoken(key["token"], **options)
        elif ";" in device_id:
            # Its connection string could not be taken apart.
            self.client = kind.create_from_symmetric_key(key, hub.name, device_id, **options)
        else:
            text = f"HostName={hub.name};DeviceId={device_id};SharedAccessKey={key}"
            text += f";ModuleId={module_id}" if module_id else ""
            self.client = kind.create_from_connection_string(text, **options)
        self.client.on_background_exception = self.faults.append

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.client.shutdown()

    def connect(self):
        self.client.connect()
        return self

    def listen(self, *what):
        """Sets handlers, so that the client subscribes: `patches`, `messages`, `methods`."""
        if "patches" in what:
            self.client.on_twin_desired_properties_patch_received = self.patches.put
        if "messages" in what:
            self.client.on_message_received = self.messages.put
        if "methods" in what:
            self.client.on_method_request_received = self._method
        return self

    def _method(self, request):
        self.methods.put((request.name, request.payload))
        answer = self.answer(request)
        if answer is not None:
            status, payload = answer
            self.client.send_method_response(MethodResponse.create_from_method_request(request, status, payload))

    @staticmethod
    def next(inbox, what, seconds=WAIT_SECONDS):
        """The next of a queue."""
        try:
            return inbox.get(timeout=seconds)
        except queue.Empty:
            raise Failure(f"waited {seconds} s for {what}") from None

    def patch(self, seconds=WAIT_SECONDS):
        return self.next(self.patches, f"a desired patch at {self.id}", seconds)

    def message(self, seconds=WAIT_SECONDS):
        return self.next(self.messages, f"a message at {self.id}", seconds)

    def send(self, body, **properties):
        """Telemetry; gives back when it is acknowledged."""
        self.client.send_message(message(body, **properties))

    def twin(self):
        return self.client.get_twin()

    def report(self, patch):
        self.client.patch_twin_reported_properties(patch)


# What the package raises when the connection ends under an operation; it may have been carried out or not.
LOST = (exceptions.NoConnectionError, exceptions.ConnectionDroppedError, exceptions.ConnectionFailedError)


def message(body, custom=None, **properties):
    """A message with system properties by the package's names, and application properties."""
    result = Message(body)
    for name, value in properties.items():
        if not hasattr(result, name):
            raise Failure(f"azure-iot-device's Message has no {name}")
        setattr(result, name, value)
    result.custom_properties.update(custom or {})
    return result
