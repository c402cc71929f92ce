"""Connecting, and being cut off."""

import time

from hub_peers import certificates, parts, sas_token
from hub_statements import statement


@statement
def connect_sas(scene):
    identity = scene.register()
    device = scene.client(identity)

    def state():
        return scene.registry.get_device(identity.device_id).connection_state

    scene.wait("the registry to say Connected", lambda: state() == "Connected")
    device.send('{"t": 1}')
    scene.equal("records", [record["body"] for record in scene.records(device=identity.device_id)], [{"t": 1}])
    device.client.disconnect()
    scene.wait("the registry to say Disconnected", lambda: state() == "Disconnected")
    second = scene.client(identity, key=identity.authentication.symmetric_key.secondary_key)
    second.send("{}")
    scene.true("the secondary key connects too", second.client.connected)


@statement
def connect_wrong_key(scene):
    """A wrong key and an unknown device look alike: ids cannot be probed."""
    identity, other = scene.register(), scene.register("other")
    wrong = scene.client(identity, connect=False, key=other.authentication.symmetric_key.primary_key)
    scene.raises("another device's key", "CredentialError", wrong.client.connect)
    identity.device_id = scene.unique("nobody")
    unknown = scene.client(identity, connect=False)
    scene.raises("an unknown device", "CredentialError", unknown.client.connect)


@statement
def connect_wrong_tokens(scene):
    """CONNACK 5 for each of these; a token of an hour for the right resource is accepted in between."""
    identity, other = scene.register(), scene.register("other")
    device, host = identity.device_id, scene.hub.name
    key = identity.authentication.symmetric_key.primary_key
    policy = parts(scene.hub.server["policies"]["service"])["SharedAccessKey"]
    tokens = [
        ("expired", sas_token(f"{host}/devices/{device}", key, -600)),
        ("for another device", sas_token(f"{host}/devices/{other.device_id}", key)),
        ("for a longer id", sas_token(f"{host}/devices/{device}x", key)),
        ("for another hub", sas_token(f"other.example.org/devices/{device}", key)),
        ("of a policy without DeviceConnect", sas_token(f"{host}/devices/{device}", policy, policy="service")),
        ("of an unknown policy", sas_token(f"{host}/devices/{device}", policy, policy="nobody")),
        ("with another key's signature", sas_token(f"{host}/devices/{device}",
                                                   other.authentication.symmetric_key.primary_key)),
        ("cut off", sas_token(f"{host}/devices/{device}", key)[:-9]),
        ("no token at all", "secret"),
    ]
    for what, token in tokens:
        scene.equal(f"CONNACK for a token {what}", scene.wire(identity, token=token).connect()[1], 5)
        scene.equal("CONNACK for the right token", scene.wire(identity).connect()[1], 0)
    hub_key = parts(scene.hub.server["policies"]["device"])["SharedAccessKey"]
    token = sas_token(f"{host}/devices/{device}", hub_key, policy="device")
    scene.equal("CONNACK for the policy device", scene.wire(identity, token=token).connect()[1], 0)


@statement
def connect_wrong_names(scene):
    """The client id is the identity, and the hub's name one of its names."""
    identity = scene.register()
    device = identity.device_id
    scene.equal("another client id", scene.wire(identity).connect(client_id=f"{device}x")[1], 2)
    user = f"other.example.org/{device}/?api-version=2021-04-12"
    scene.equal("an unknown hub name", scene.wire(identity).connect(user=user)[1], 5)
    for user in (f"{scene.hub.name.upper()}/{device}/?api-version=2019-10-01",
                 f"{scene.hub.name}/{device}?api-version=2099-01-01&unknown=1&DeviceClientType=x%2F1%20(y)"):
        scene.equal(f"user name {user}", scene.wire(identity).connect(user=user)[1], 0)


@statement
def connect_module(scene):
    identity = scene.register()
    module = scene.register_module(identity.device_id)
    program = scene.client(module)
    program.send('{"m": 1}')
    name = f"{identity.device_id}/{module.module_id}"
    scene.equal("records", [record["body"] for record in scene.records(device=name)], [{"m": 1}])
    found = scene.registry.get_module(identity.device_id, module.module_id)
    scene.equal("connection state", found.connection_state, "Connected")
    wrong = scene.client(module, connect=False, key=identity.authentication.symmetric_key.primary_key)
    scene.raises("the device's key for its module", "CredentialError", wrong.client.connect)
    module.module_id = "nobody"
    unknown = scene.client(module, connect=False)
    scene.raises("an unknown module", "CredentialError", unknown.client.connect)


@statement
def connect_websocket(scene):
    """All of it over port 443: telemetry, twin, desired patch, method."""
    device = scene.device("patches", "methods", websockets=True)
    scene.true("the package asked for port 443", f"{scene.hub.name}:443" in scene.hub.relay.asked)
    device.send('{"w": 1}')
    device.report({"over": "web"})
    scene.equal("reported", device.twin()["reported"]["over"], "web")
    scene.service.update_twin(device.id, desired={"x": 1})
    scene.equal("desired patch", device.patch(), {"x": 1, "$version": 2})
    scene.equal("method", scene.service.method(device.id, "echo", {"a": [1]}).payload, {"a": [1]})
    wrong = scene.client(scene.register("wrong"), connect=False, key="d3Jvbmctd3Jvbmctd3Jvbmctd3Jvbmc=",
                         websockets=True)
    scene.raises("a wrong key", "CredentialError", wrong.client.connect)


@statement
def connect_x509_self_signed(scene):
    name, old = scene.unique(), scene.unique("old")
    files, second, third = scene.certificate(name), scene.certificate(old), scene.certificate(scene.unique("third"))
    prints = certificates.thumbprint(files[0]), certificates.thumbprint(second[0], "sha1")
    identity = scene.registry.create_device_with_x509(name, *prints, "enabled")
    for certificate in (files, second):
        device = scene.client(identity, certificate=certificate, key=None)
        device.send("{}")
        device.report({"by": "x509"})
    scene.equal("twin", scene.service.twin(name).authentication_type, "selfSigned")
    wrong = scene.client(identity, connect=False, certificate=third, key=None)
    scene.raises("a certificate that is not registered", "CredentialError", wrong.client.connect)
    key = "d3Jvbmctd3Jvbmctd3Jvbmctd3Jvbmc="
    scene.equal("a token for an x509 device", scene.wire(identity, key=key).connect()[1], 5)


@statement
def connect_x509_authority(scene):
    name, other = scene.unique(), scene.unique("other")
    for device in (name, other):
        scene.registry.create_device_with_certificate_authority(device, "enabled")
    identity = scene.registry.get_device(name)
    ours = scene.hub.builtin_authority
    device = scene.client(identity, certificate=scene.certificate(name, authority=ours), key=None)
    device.send('{"ca": 1}')
    scene.equal("twin", scene.service.twin(name).authentication_type, "certificateAuthority")
    stranger = certificates.authority(scene.hub.folder, "stranger")
    for what, certificate in [
        ("another device's certificate", scene.certificate(other, authority=ours)),
        ("the right name by an unknown authority", scene.certificate(name, authority=stranger)),
        ("the right name, signed by itself", scene.certificate(name)),
        ("the name in other case", scene.certificate(name.upper(), authority=ours)),
    ]:
        wrong = scene.client(identity, connect=False, certificate=certificate, key=None)
        scene.raises(what, "CredentialError", wrong.client.connect)


@statement
def model_id(scene):
    """product_info that is a model's name arrives as the twin's modelId."""
    device = scene.device(product_info="dtmi:com:example:Thermostat;1")
    # The package's Twin does not know the field.
    scene.wait("the model's name", lambda: scene.service.json("GET", f"/twins/{device.id}")["modelId"] ==
               "dtmi:com:example:Thermostat;1")


@statement
def second_connection(scene):
    """A new connection of the same device ends the older one."""
    identity = scene.register()
    first = scene.wire(identity).opened()
    second = scene.wire(identity).opened()
    scene.true("the first is closed", first.closed())
    second.publish(f"devices/{identity.device_id}/messages/events/", b"{}")
    second.until(0x40)


@statement
def session_kept(scene):
    """A client that comes back with CleanSession 0 gets everything without subscribing again."""
    identity = scene.register()
    device = identity.device_id
    wire = scene.wire(identity)
    scene.equal("first CONNACK", wire.connect(), (False, 0))
    filters = [f"devices/{device}/messages/devicebound/#", "$iothub/methods/POST/#", "$iothub/twin/res/#",
               "$iothub/twin/PATCH/properties/desired/#"]
    scene.equal("SUBACK", wire.subscribe(*filters), [1, 1, 1, 1])
    wire.socket.close()
    again = scene.wire(identity)
    scene.equal("second CONNACK", again.connect(), (True, 0))
    scene.service.update_twin(device, desired={"x": 1})
    topic, payload, packet_id, _ = again.message()
    scene.equal("patch", (topic, payload.replace(b" ", b""), packet_id),
                ("$iothub/twin/PATCH/properties/desired/?$version=2", b'{"x":1,"$version":2}', None))
    again.socket.close()
    fresh = scene.wire(identity, clean=True)
    scene.equal("CONNACK with CleanSession 1", fresh.connect(), (False, 0))
    fresh.socket.close()
    scene.equal("CONNACK after it", scene.wire(identity).connect(), (False, 0))


@statement
def subscriptions_of_others(scene):
    """Another identity's topics are refused; QoS 2 is granted as 1."""
    identity, other = scene.register(), scene.register("other")
    scene.equal("QoS 2", scene.wire(identity).opened().subscribe("$iothub/twin/res/#", qos=2), [1])
    for theirs in (f"devices/{other.device_id}/messages/devicebound/#", "devices/+/messages/devicebound/#", "#",
                   "$dps/registrations/res/#"):
        wire = scene.wire(identity, clean=True).opened()
        try:
            scene.equal(theirs, wire.subscribe(theirs), [0x80])
        except Exception as error:
            # Closing is as good as 0x80.
            scene.true(f"{theirs} is refused: {error}", "closed while" in str(error))


@statement
def disabled_at_once(scene):
    """A disabled device and its modules are cut off, refused, and let in again when they are enabled."""
    identity = scene.register()
    module = scene.register_module(identity.device_id)
    wires = [scene.wire(identity).opened(), scene.wire(module).opened()]
    keys = identity.authentication.symmetric_key
    arguments = identity.device_id, None, keys.primary_key, keys.secondary_key
    begin = time.monotonic()
    scene.registry.update_device_with_sas(*arguments, "disabled", status_reason="lost")
    for wire in wires:
        scene.true("the connection is closed", wire.closed(within=5))
    seconds = time.monotonic() - begin
    for each in (identity, module):
        scene.equal("CONNACK while disabled", scene.wire(each).connect()[1], 5)
    found = scene.registry.get_device(identity.device_id)
    scene.equal("status", (found.status, found.status_reason), ("disabled", "lost"))
    scene.registry.update_device_with_sas(*arguments, "enabled")
    for each in (identity, module):
        scene.equal("CONNACK when enabled again", scene.wire(each).connect()[1], 0)
    return f"cut off within {seconds:.2f} s"


@statement
def deleted_at_once(scene):
    identity = scene.register()
    module = scene.register_module(identity.device_id)
    wires = [scene.wire(identity).opened(), scene.wire(module).opened()]
    scene.registry.delete_device(identity.device_id)
    for wire in wires:
        scene.true("the connection is closed", wire.closed(within=5))
    scene.equal("CONNACK when deleted", scene.wire(identity).connect()[1], 5)
    scene.registry.create_device_with_sas(
        identity.device_id, identity.authentication.symmetric_key.primary_key, "", "enabled")
    scene.equal("a session of the deleted one", scene.wire(identity).connect(), (False, 0))


def watched(scene, identity, **options):
    """A connected program, and what happens to its connection from now on."""
    device, changes = scene.client(identity, connect=False, **options), []
    device.client.on_connection_state_change = lambda: changes.append(device.client.connected)
    device.connect()
    scene.wait("the package to say that it is connected", lambda: changes)
    changes.clear()
    return device, changes


@statement
def keys_rotated(scene):
    """Both keys are changed one after the other, and the device that moves between stays connected all the time."""
    identity = scene.register()
    name, keys = identity.device_id, identity.authentication.symmetric_key
    first, changes = watched(scene, identity)
    scene.registry.update_device_with_sas(name, None, keys.primary_key, "", "enabled")
    new = scene.registry.get_device(name).authentication.symmetric_key
    scene.true("a new secondary key was made", new.secondary_key not in ("", keys.secondary_key))
    scene.equal("the primary key", new.primary_key, keys.primary_key)
    scene.equal("CONNACK with the old secondary key", scene.wire(identity, key=keys.secondary_key).connect()[1], 5)
    first.send('{"n": 1}')
    first.report({"n": 1})
    scene.equal("changes of the connection", changes, [])
    # The program moves to the secondary key as it would by a new configuration; then the primary one is changed.
    first.client.disconnect()
    second, changes = watched(scene, identity, key=new.secondary_key)
    scene.registry.update_device_with_sas(name, None, "", new.secondary_key, "enabled")
    second.send('{"n": 2}')
    scene.equal("changes of the connection", changes, [])
    last = scene.registry.get_device(name).authentication.symmetric_key
    scene.equal("CONNACK with the old primary key", scene.wire(identity, key=keys.primary_key).connect()[1], 5)
    # The key in use is changed: its connection ends.
    wire = scene.wire(identity, key=last.primary_key).opened()
    scene.registry.update_device_with_sas(name, None, "", last.secondary_key, "enabled")
    scene.true("the connection under a withdrawn key is closed", wire.closed(within=5))


@statement
def token_renewed(scene):
    """The package renews its token by connecting anew, and subscribes nothing: the program notices nothing."""
    identity = scene.register()
    before = len(scene.hub.relay.asked)
    # Renewed 120 s before its end.
    device = scene.client(identity, sastoken_ttl=124).listen("patches", "messages", "methods")
    number, deadline = 0, time.monotonic() + 30
    while len(scene.hub.relay.asked) - before < 3:
        scene.true("the token is renewed twice within 30 s", time.monotonic() < deadline)
        number += 1
        device.send('{"n": %d}' % number)
        time.sleep(0.05)
    bodies = [record["body"]["n"] for record in scene.records(device=device.id)]
    scene.equal("telemetry", sorted(set(bodies)), list(range(1, number + 1)))
    scene.wait("the connection", lambda: device.client.connected)
    scene.equal("method", scene.service.method(device.id, "after", {"n": 1}, connect=5).status, 200)
    scene.service.update_twin(device.id, desired={"after": True})
    scene.wait("the patch", lambda: device.patch().get("after"))
    scene.service.request("POST", "/messages/devicebound", b"after",
                          {"iothub-to": f"/devices/{device.id}/messages/devicebound"})
    scene.equal("message", device.message().data, b"after")
    scene.equal("faults in the background", device.faults, [])
    return f"{number} messages over two renewals"
