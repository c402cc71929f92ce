"""Provisioning: a device that has a key or certificate and nothing else."""

import base64
import os

from azure.iot.device import X509, ProvisioningDeviceClient, ProxyOptions

from hub_peers import derived_key, sas_token
from hub_peers.wire import HubWire
from hub_statements import certificates, statement


def new_key():
    return base64.b64encode(os.urandom(32)).decode()


def scope(scene):
    return scene.hub.server.get("idScope") or scene.service.json("GET", "/hub")["idScope"]


def registrar(scene, registration, key=None, certificate=None, id_scope=None, payload=None, **options):
    """The provisioning client of a device; `register()` gives the package's result."""
    common = {"provisioning_host": scene.hub.name, "registration_id": registration,
              "id_scope": id_scope or scope(scene)}
    options |= {"server_verification_cert": scene.hub.authority,
                "proxy_options": ProxyOptions("HTTP", "127.0.0.1", scene.hub.relay.port)}
    if certificate:
        files = X509(cert_file=certificate[0], key_file=certificate[1])
        client = ProvisioningDeviceClient.create_from_x509_certificate(**common, x509=files, **options)
    else:
        client = ProvisioningDeviceClient.create_from_symmetric_key(**common, symmetric_key=key, **options)
    if payload is not None:
        client.provisioning_payload = payload
    return client


def enrol(scene, kind, name, attestation, **fields):
    """Creates an enrolment (`enrollments`) or group (`enrollmentGroups`); it goes with the statement."""
    key = "registrationId" if kind == "enrollments" else "enrollmentGroupId"
    body = {key: name, "attestation": attestation, "provisioningStatus": "enabled", **fields}
    made = scene.service.json("PUT", f"/{kind}/{name}", body)
    scene.ends.callback(scene.service.request, "DELETE", f"/{kind}/{name}", headers={"If-Match": "*"})
    return made


def symmetric(primary="", secondary=""):
    return {"type": "symmetricKey", "symmetricKey": {"primaryKey": primary, "secondaryKey": secondary}}


def x509(kind, certificate):
    with open(certificate, encoding="ascii") as file:
        return {"type": "x509", "x509": {kind: {"primary": {"certificate": file.read()}}}}


def connected(scene, result, **options):
    """The device connects with what it was told and sends one message."""
    state = result.registration_state
    scene.equal("assigned", (result.status, state.assigned_hub), ("assigned", scene.hub.name))
    identity = scene.registry.get_device(state.device_id)
    device = scene.client(identity, **options)
    device.send('{"provisioned": 1}')
    scene.equal("records", len(scene.records(device=state.device_id)), 1)
    return identity


@statement
def dps_group_key(scene):
    """Two devices of a group register with derived keys and send; the initial twin is applied, only once."""
    group, word = new_key(), scene.unique()
    enrol(scene, "enrollmentGroups", word, symmetric(group), initialTwin={
        "tags": {"group": word}, "properties": {"desired": {"rate": 5}}})
    for number in range(2):
        name = f"{word}-{number}"
        key = derived_key(group, name)
        result = registrar(scene, name, key, payload={"model": "x"}).register()
        scene.equal("device id", (result.registration_state.device_id, result.registration_state.sub_status),
                    (name, "initialAssignment"))
        identity = connected(scene, result, key=key)
        scene.equal("the identity's key", identity.authentication.symmetric_key.primary_key, key)
        twin = scene.service.twin(name)
        scene.equal("initial twin", (twin.tags, twin.properties.desired["rate"]), ({"group": word}, 5))
    # Again: the same identity with its twin.
    scene.service.update_twin(name, desired={"rate": 9}, tags={"mine": 1})
    again = registrar(scene, name, key).register()
    scene.equal("again", (again.status, again.registration_state.device_id), ("assigned", name))
    scene.equal("created", again.registration_state.created_date_time, result.registration_state.created_date_time)
    found = scene.registry.get_device(name)
    scene.equal("generation", found.generation_id, identity.generation_id)
    twin = scene.service.twin(name)
    scene.equal("twin", (twin.properties.desired["rate"], twin.tags), (9, {"group": word, "mine": 1}))
    record = scene.service.json("GET", f"/registrations/{name}")
    scene.equal("registration", (record["registrationId"], record["deviceId"], record["status"]),
                (name, name, "assigned"))


@statement
def dps_individual_key(scene):
    """Its own key and device id; the second key works too."""
    word, primary, secondary = scene.unique(), new_key(), new_key()
    enrol(scene, "enrollments", word, symmetric(primary, secondary), deviceId=f"{word}-device")
    result = registrar(scene, word, primary).register()
    scene.equal("device id", result.registration_state.device_id, f"{word}-device")
    connected(scene, result, key=primary)
    scene.equal("secondary key", registrar(scene, word, secondary).register().status, "assigned")


@statement
def dps_websocket(scene):
    word, key = scene.unique(), new_key()
    enrol(scene, "enrollments", word, symmetric(key))
    scene.equal("status", registrar(scene, word, key, websockets=True).register().status, "assigned")


@statement
def dps_x509_individual(scene):
    """By the leaf's thumbprint; another certificate with the same name is refused."""
    word = scene.unique()
    files = scene.certificate(word)
    enrol(scene, "enrollments", word, x509("clientCertificates", files[0]))
    identity = connected(scene, registrar(scene, word, certificate=files).register(), key=None, certificate=files)
    scene.equal("kind", identity.authentication.type, "selfSigned")
    scene.equal("thumbprint", identity.authentication.x509_thumbprint.primary_thumbprint.upper() in
                {certificates.thumbprint(files[0]), certificates.thumbprint(files[0], "sha1")}, True)
    other = scene.certificate(word, days=29)
    scene.raises("another certificate", "ClientError", registrar(scene, word, certificate=other).register)


@statement
def dps_x509_group(scene):
    """By the authority; the leaf's name is the registration id."""
    word = scene.unique()
    fleet = certificates.authority(scene.hub.folder, word)
    enrol(scene, "enrollmentGroups", word, x509("signingCertificates", fleet[0]))
    files = scene.certificate(f"{word}-1", authority=fleet)
    identity = connected(scene, registrar(scene, f"{word}-1", certificate=files).register(), key=None,
                         certificate=files)
    scene.equal("kind", identity.authentication.type, "certificateAuthority")
    scene.raises("another registration id", "ClientError",
                 registrar(scene, f"{word}-2", certificate=files).register)
    stranger = certificates.authority(scene.hub.folder, f"{word}-stranger")
    wrong = scene.certificate(f"{word}-3", authority=stranger)
    scene.raises("another authority", "ClientError", registrar(scene, f"{word}-3", certificate=wrong).register)


@statement
def dps_refused(scene):
    """A wrong key, an unknown id or scope, a disabled enrolment, which also blocks its id in groups."""
    group, word = new_key(), scene.unique()
    enrol(scene, "enrollmentGroups", word, symmetric(group))
    enrol(scene, "enrollments", f"{word}-off", symmetric(derived_key(group, f"{word}-off")),
          provisioningStatus="disabled")
    for what, client in [
        ("a wrong key", registrar(scene, f"{word}-1", new_key())),
        ("another device's key", registrar(scene, f"{word}-1", derived_key(group, f"{word}-2"))),
        ("an unknown scope", registrar(scene, f"{word}-1", derived_key(group, f"{word}-1"), id_scope="0neFFFFFFFF")),
        ("a disabled enrolment", registrar(scene, f"{word}-off", derived_key(group, f"{word}-off"))),
    ]:
        scene.raises(what, "ClientError", client.register)
    for number in (1, 2, "off"):
        scene.refused("no identity was made", lambda: scene.registry.get_device(f"{word}-{number}"), 404)
    scene.equal("a good one", registrar(scene, f"{word}-1", derived_key(group, f"{word}-1")).register().status,
                "assigned")
    expired = sas_token(f"{scope(scene)}/registrations/{word}-1", derived_key(group, f"{word}-1"), -600,
                        "registration")
    wire = scene.ends.enter_context(HubWire(scene.hub, f"{word}-1", None, token=expired))
    user = f"{scope(scene)}/registrations/{word}-1/api-version=2019-03-31&ClientVersion=x"
    scene.equal("an expired token", wire.connect(user=user)[1], 5)


@statement
def dps_enrolments(scene):
    """Create, read, update with etag, query, delete; devices stay when their enrolment goes."""
    word, service = scene.unique(), scene.service
    made = enrol(scene, "enrollments", word, symmetric())
    keys = service.json("POST", f"/enrollments/{word}/attestationmechanism")["symmetricKey"]
    scene.equal("a made key", len(base64.b64decode(keys["primaryKey"])), 32)
    scene.equal("registered", registrar(scene, word, keys["primaryKey"]).register().status, "assigned")
    read = service.request("GET", f"/enrollments/{word}")
    scene.equal("read", (read.json()["registrationId"], read.json()["provisioningStatus"]), (word, "enabled"))
    changed = {**read.json(), "provisioningStatus": "disabled"}
    scene.equal("a stale etag", service.request("PUT", f"/enrollments/{word}", changed, {"If-Match": '"AAAA"'})
                .status_code, 412)
    answer = service.request("PUT", f"/enrollments/{word}", changed, {"If-Match": f'"{made["etag"]}"'})
    scene.equal(f"the right etag: {answer.text[:200]}", answer.status_code, 200)
    scene.raises("disabled", "ClientError", registrar(scene, word, keys["primaryKey"]).register)
    found = service.json("POST", "/enrollments/query", {"query": "SELECT * FROM enrollments"})
    scene.true("query", word in [each["registrationId"] for each in found])
    scene.equal("delete", service.request("DELETE", f"/enrollments/{word}").status_code, 204)
    scene.equal("deleted", service.request("GET", f"/enrollments/{word}").status_code, 404)
    scene.equal("the device stays", scene.registry.get_device(word).device_id, word)
