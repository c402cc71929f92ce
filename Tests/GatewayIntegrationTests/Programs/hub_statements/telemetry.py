"""Device to cloud."""

from hub_statements import statement


@statement
def telemetry_properties(scene):
    """System and application properties arrive as the program gave them."""
    device = scene.device()
    custom = {"alert level": "hot & cold=1/2", "b": "ü☃", "empty": "", "plus": "a+b%20c", "$dollar": "x?y#z"}
    device.send('{"t": 21.5}', message_id="mid-1", correlation_id="cid 1/x", user_id="u",
                content_type="application/json", content_encoding="utf-8", expiry_time_utc="2030-01-01T00:00:00Z",
                custom=custom)
    device.send("plain text", message_id="mid-2")
    first, second = scene.records(device=device.id)
    system = first["systemProperties"]
    wanted = {"message-id": "mid-1", "correlation-id": "cid 1/x", "user-id": "u", "content-type": "application/json",
              "content-encoding": "utf-8"}
    scene.equal("system properties", {name: system.get(name) for name in wanted}, wanted)
    scene.equal("application properties", first["applicationProperties"], custom)
    scene.equal("body", first["body"], {"t": 21.5})
    scene.equal("second", (second["systemProperties"]["message-id"], second["applicationProperties"]), ("mid-2", {}))


@statement
def telemetry_bodies(scene):
    """Empty, binary and the largest body arrive unchanged, in order."""
    device = scene.device()
    bodies = [b"", bytes(range(256)), b"x" * 255_000, "ä".encode()]
    for body in bodies:
        device.send(body)
    scene.equal("records", len(scene.records(device=device.id)), len(bodies))


@statement
def telemetry_of_a_module(scene):
    """With an output's name; the record's key is device/module."""
    identity = scene.register()
    module = scene.register_module(identity.device_id)
    program = scene.client(module)
    from hub_peers.device import message

    program.client.send_message_to_output(message('{"o": 1}', custom={"a": "1"}), "output1")
    (record,) = scene.records(device=f"{identity.device_id}/{module.module_id}")
    scene.equal("body", record["body"], {"o": 1})
    scene.equal("application properties", record["applicationProperties"], {"a": "1"})
    scene.true("the output's name is kept", "output1" in str(record["systemProperties"]))


@statement
def telemetry_elsewhere(scene):
    """Another device's topic, and topics that do not exist: closed without PUBACK, nothing stored."""
    identity, other = scene.register(), scene.register("other")
    module = scene.register_module(identity.device_id)
    topics = [
        (identity, f"devices/{other.device_id}/messages/events/"),
        (identity, f"devices/{identity.device_id}/modules/{module.module_id}/messages/events/"),
        (module, f"devices/{identity.device_id}/messages/events/"),
        (identity, f"devices/{identity.device_id}/messages/event/"),
        (identity, f"devices/{identity.device_id}/messages/devicebound/"),
        (identity, "$iothub/twin/PUT/?$rid=1"),
        (identity, "$dps/registrations/PUT/iotdps-register/?$rid=1"),
    ]
    for who, topic in topics:
        wire = scene.wire(who, clean=True).opened()
        wire.publish(topic, b"{}")
        scene.true(f"{topic} closes", wire.closed())
    names = {identity.device_id, other.device_id, f"{identity.device_id}/{module.module_id}"}
    scene.equal("stored", [record for record in scene.records() if record["deviceId"] in names], [])


@statement
def telemetry_too_large(scene):
    """262144 bytes with their properties are stored, one more closes."""
    identity = scene.register()
    topic = f"devices/{identity.device_id}/messages/events/"
    wire = scene.wire(identity).opened()
    wire.publish(topic, b"x" * 262_144)
    wire.until(0x40)
    wire.publish(topic, b"x" * 262_145, packet_id=2)
    scene.true("one more closes", wire.closed())
    wire = scene.wire(identity).opened()
    wire.publish(topic + "p=1234", b"x" * 262_140, packet_id=3)
    scene.true("application properties count", wire.closed())
    scene.equal("stored", len(scene.records(device=identity.device_id)), 1)
