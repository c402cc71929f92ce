"""The identity registry."""

import base64

from azure.iot.hub.models import ExportImportDevice, PropertyContainer

from hub_statements import statement

PRIMARY, SECONDARY = "MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAw", "MTExMTExMTExMTExMTExMTExMTExMTEx"


@statement
def registry_devices(scene):
    """Create, read, list, update, delete; keys are made when none are given; every change has a new etag."""
    name, registry = scene.unique(), scene.registry
    made = registry.create_device_with_sas(name, PRIMARY, SECONDARY, "enabled", status_reason="new")
    keys = made.authentication.symmetric_key
    scene.equal("as given", (made.device_id, made.status, made.status_reason, keys.primary_key, keys.secondary_key,
                             made.connection_state, made.cloud_to_device_message_count),
                (name, "enabled", "new", PRIMARY, SECONDARY, "Disconnected", 0))
    scene.equal("again", registry.get_device(name).as_dict(), made.as_dict())
    scene.refused("the same id", lambda: registry.create_device_with_sas(name, "", "", "enabled"), 409,
                  "DeviceAlreadyExists")
    changed = registry.update_device_with_sas(name, made.etag, "", "", "disabled")
    scene.true("a new etag", changed.etag != made.etag)
    scene.equal("the same generation", changed.generation_id, made.generation_id)
    for key in (changed.authentication.symmetric_key.primary_key, changed.authentication.symmetric_key.secondary_key):
        scene.equal("bytes of a made key", len(base64.b64decode(key)), 32)
    scene.refused("a stale etag", lambda: registry.update_device_with_sas(name, made.etag, "", "", "enabled"), 412,
                  "PreconditionFailed")
    scene.refused("a stale etag at deletion", lambda: registry.delete_device(name, made.etag), 412,
                  "PreconditionFailed")
    scene.true("it is listed", name in [device.device_id for device in registry.get_devices(1000)])
    scene.equal("a list of one", len(registry.get_devices(1)), 1)
    registry.delete_device(name, changed.etag)
    scene.refused("read after deletion", lambda: registry.get_device(name), 404, "DeviceNotFound")
    scene.refused("delete again", lambda: registry.delete_device(name), 404, "DeviceNotFound")
    scene.refused("update", lambda: registry.update_device_with_sas(name, None, "", "", "enabled"), 404,
                  "DeviceNotFound")
    again = registry.create_device_with_sas(name, "", "", "enabled")
    scene.true("a new generation", again.generation_id != made.generation_id)


@statement
def registry_kinds(scene):
    """X.509 by thumbprint and by authority, and from one kind to the other."""
    registry, prints = scene.registry, ("AA" * 32, "BB" * 20)
    made = registry.create_device_with_x509(scene.unique("x"), *prints, "enabled")
    found = made.authentication.x509_thumbprint
    scene.equal("thumbprints", (made.authentication.type, found.primary_thumbprint.upper(),
                                found.secondary_thumbprint.upper()), ("selfSigned", *prints))
    made = registry.update_device_with_certificate_authority(made.device_id, made.etag, "enabled")
    scene.equal("authority", made.authentication.type, "certificateAuthority")
    made = registry.update_device_with_sas(made.device_id, made.etag, PRIMARY, SECONDARY, "enabled")
    scene.equal("sas", made.authentication.symmetric_key.primary_key, PRIMARY)
    made = registry.update_device_with_x509(made.device_id, made.etag, *prints, "enabled")
    scene.equal("x509", made.authentication.type, "selfSigned")
    for what, primary, secondary in [("a thumbprint of 39 digits", "A" * 39, ""), ("no thumbprint", "xyz", "")]:
        scene.refused(what, lambda: registry.create_device_with_x509(scene.unique("b"), primary, secondary, "enabled"),
                      400)


@statement
def registry_wrong(scene):
    """Ids, keys and bodies out of the rules are 400; none of them makes a device."""
    registry, service = scene.registry, scene.service
    before = registry.get_device_registry_statistics().total_device_count
    for what, name in [("129 characters", "a" * 129), ("a space", "a b"), ("an umlaut", "ä"), ("a slash", "a/b")]:
        scene.refused(f"id with {what}", lambda: registry.create_device_with_sas(name, "", "", "enabled"), (400, 404))
    for what, key in [("not base64", "!!!"), ("15 bytes", base64.b64encode(b"x" * 15).decode()),
                      ("65 bytes", base64.b64encode(b"x" * 65).decode())]:
        scene.refused(f"key {what}", lambda: registry.create_device_with_sas(scene.unique(), key, key, "enabled"), 400)
    scene.refused("status", lambda: registry.create_device_with_sas(scene.unique(), "", "", "perhaps"), 400)
    scene.refused("reason of 129 characters", lambda: registry.create_device_with_sas(
        scene.unique(), "", "", "enabled", status_reason="x" * 129), 400)
    name = scene.unique()
    for what, body in [("another id", {"deviceId": name + "x"}), ("no JSON", "{"), ("an array", "[]")]:
        answer = service.request("PUT", f"/devices/{name}", body, {"Content-Type": "application/json"})
        scene.equal(what, answer.status_code, 400)
        scene.true("error body", answer.json()["Message"] and "ExceptionMessage" in answer.json())
    answer = service.request("GET", f"/devices/{name}", version=None)
    scene.equal("no api-version", answer.status_code, 400)
    scene.equal("devices", registry.get_device_registry_statistics().total_device_count, before)


@statement
def registry_odd_ids(scene):
    """Every character an id may have works in paths and queries, and over MQTT where the client can send it."""
    # The device package publishes to no topic with + or #.
    for odd, connects in ((":a?c%d%41*e!f(g),h=i@j$k'l_m.n;o", True), ("+a#b", False)):
        name = scene.unique() + odd
        made = scene.registry.create_device_with_sas(name, "", "", "enabled")
        scene.equal("read", scene.registry.get_device(name).device_id, name)
        scene.equal("twin", scene.service.update_twin(name, tags={"odd": 1}).device_id, name)
        text = "SELECT deviceId FROM devices WHERE deviceId = '" + name.replace("'", "\\'") + "'"
        scene.equal("query", scene.service.query(text)[0], [{"deviceId": name}])
        if connects:
            device = scene.client(made)
            device.send("{}")
            device.report({"odd": 1})
            scene.equal("records", len(scene.records(device=name)), 1)
        scene.registry.delete_device(name)
        scene.refused("deleted", lambda: scene.registry.get_device(name), 404)


@statement
def registry_modules(scene):
    identity, registry = scene.register(), scene.registry
    device = identity.device_id
    made = registry.create_module_with_sas(device, "m1", "me", PRIMARY, SECONDARY)
    scene.equal("module", (made.module_id, made.device_id, made.managed_by,
                           made.authentication.symmetric_key.primary_key), ("m1", device, "me", PRIMARY))
    registry.create_module_with_x509(device, "m2", "", "AA" * 32, "BB" * 32)
    registry.create_module_with_certificate_authority(device, "m3", "")
    scene.equal("list", sorted(module.module_id for module in registry.get_modules(device)), ["m1", "m2", "m3"])
    scene.refused("the same id", lambda: registry.create_module_with_sas(device, "m1", "", "", ""), 409,
                  "ModuleAlreadyExistsOnDevice")
    changed = registry.update_module_with_sas(device, "m1", "you", made.etag, PRIMARY, "")
    scene.equal("changed", (changed.managed_by, changed.generation_id), ("you", made.generation_id))
    scene.refused("a stale etag", lambda: registry.update_module_with_sas(device, "m1", "", made.etag, "", ""), 412,
                  "PreconditionFailed")
    scene.refused("a stale etag at deletion", lambda: registry.delete_module(device, "m1", made.etag), 412)
    registry.delete_module(device, "m1", changed.etag)
    scene.refused("deleted", lambda: registry.get_module(device, "m1"), 404, "ModuleNotFound")
    scene.refused("of an unknown device", lambda: registry.create_module_with_sas(scene.unique(), "m", "", "", ""),
                  404, "DeviceNotFound")
    for number in range(4, 52):
        registry.create_module_with_sas(device, f"m{number}", "", "", "")
    scene.refused("the 51st", lambda: registry.create_module_with_sas(device, "m52", "", "", ""), 403,
                  "TooManyModulesOnDevice")
    registry.delete_device(device)
    scene.refused("with its device", lambda: registry.get_module(device, "m2"), 404)


@statement
def registry_bulk(scene):
    """100 at once; the good ones of a bulk with faults are done; twins are made with tags and desired properties."""
    word, registry = scene.unique(), scene.registry
    names = [f"{word}-{number}" for number in range(100)]

    def entries(mode, **fields):
        return [ExportImportDevice(id=name, import_mode=mode, status="enabled", **fields) for name in names]

    made = registry.bulk_create_or_update_devices(entries(
        "create", tags={"bulk": word}, properties=PropertyContainer(desired={"x": 1})))
    scene.equal("created", (made.is_successful, made.errors), (True, []))
    twin = scene.service.twin(names[42])
    scene.equal("twin", (twin.tags, twin.properties.desired["x"]), ({"bulk": word}, 1))
    answer = scene.service.request("POST", "/devices", [
        {"id": names[0], "importMode": "create"},
        {"id": names[1], "importMode": "updateIfMatchETag", "eTag": "AAAA", "status": "disabled"},
        {"id": names[2], "importMode": "update", "status": "disabled", "statusReason": "bulk"},
        {"id": f"{word}-nobody", "importMode": "update", "status": "disabled"},
        {"id": names[3], "importMode": "updateTwin", "tags": {"bulk": None, "new": 1}},
        {"id": names[4], "importMode": "updateTwinIfMatchETag", "twinETag": "AAAA", "tags": {"never": 1}},
        {"id": f"{word}-new", "importMode": "createOrUpdate"},
    ])
    scene.equal("status of a bulk with faults", answer.status_code, 400)
    body = answer.json()
    errors = {error["deviceId"]: error["errorCode"] for error in body["errors"]}
    scene.equal("errors", (body["isSuccessful"], set(errors)),
                (False, {names[0], names[1], names[4], f"{word}-nobody"}))
    scene.equal("code", (errors[names[0]], errors[f"{word}-nobody"]), ("DeviceAlreadyExists", "DeviceNotFound"))
    scene.equal("the good ones", (registry.get_device(names[1]).status, registry.get_device(names[2]).status,
                                  scene.service.twin(names[3]).tags, scene.service.twin(names[4]).tags,
                                  registry.get_device(f"{word}-new").status),
                ("enabled", "disabled", {"new": 1}, {"bulk": word}, "enabled"))
    ended = registry.bulk_create_or_update_devices(entries("delete"))
    scene.equal("deleted", ended.is_successful, True)
    scene.refused("read after deletion", lambda: registry.get_device(names[7]), 404)
    too_many = [{"id": f"{word}-{number}"} for number in range(101)]
    scene.equal("101", scene.service.request("POST", "/devices", too_many).status_code, 400)


@statement
def registry_statistics(scene):
    registry = scene.registry
    before = registry.get_device_registry_statistics()
    scene.register()
    scene.register("off", status="disabled")
    after = registry.get_device_registry_statistics()
    scene.equal("devices", (after.total_device_count - before.total_device_count,
                            after.enabled_device_count - before.enabled_device_count,
                            after.disabled_device_count - before.disabled_device_count), (2, 1, 1))
    scene.device(word="online")
    scene.wait("a connected device", lambda: registry.get_service_statistics().connected_device_count >= 1)


@statement
def registry_lifecycle(scene):
    """Creation and deletion are records of the topic lifecycle, modules and bulk included."""
    identity = scene.register()
    device = identity.device_id
    scene.register_module(device, "m")
    scene.registry.bulk_create_or_update_devices([ExportImportDevice(id=f"{device}-b", import_mode="create")])
    scene.registry.delete_device(device)

    def operations(name):
        # Those of its modules are among them.
        return [record["applicationProperties"]["opType"] for record in scene.records("lifecycle", name)
                if "opType" in record["applicationProperties"] and not record.get("moduleId")]

    wanted = ["createDeviceIdentity", "deleteDeviceIdentity"]
    scene.wait("both records", lambda: operations(device) == wanted)
    scene.wait("the bulk's record", lambda: operations(f"{device}-b") == wanted[:1])
    record = next(record for record in scene.records("lifecycle", device)
                  if "opType" in record["applicationProperties"] and not record.get("moduleId"))
    scene.equal("body", record["body"]["deviceId"], device)
    scene.true("the twin is in it", "desired" in record["body"]["properties"])
