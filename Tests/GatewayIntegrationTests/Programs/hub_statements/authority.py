"""The built-in certificate authority."""

import socket
import ssl

from hub_statements import Failure, statement
from hub_statements.connections import watched


@statement
def certificate_of_a_device(scene):
    """weir ca issue, revoke and list: a certificate made by the gateway opens the device until it is revoked, which ends
    a connection by it at once."""
    name = scene.unique()
    scene.registry.create_device_with_certificate_authority(name, "enabled")
    identity = scene.registry.get_device(name)
    folder = scene.hub.folder
    scene.weir("ca", "issue", name, "--out", folder)
    files = f"{folder}/{name}.pem", f"{folder}/{name}-key.pem"
    device, changes = watched(scene, identity, certificate=files, key=None)
    device.send("{}")
    scene.true("it is listed", name in scene.weir("ca", "list", "--json"))
    scene.weir("ca", "revoke", name)
    scene.wait("the connection to end", lambda: False in changes)
    wrong = scene.client(identity, connect=False, certificate=files, key=None)
    scene.raises("a revoked certificate", "CredentialError", wrong.client.connect)


def served(scene, port):
    """The certificate that a port shows, as text, verified as clients do."""
    context = ssl.create_default_context(cafile=scene.hub.server["authority"])
    with socket.create_connection(("127.0.0.1", port), 10) as raw:
        with context.wrap_socket(raw, server_hostname=scene.hub.name) as connection:
            return ssl.DER_cert_to_PEM_cert(connection.getpeercert(True))


@statement
def server_certificate_renewed(scene):
    """weir ca renew: new connections get the new certificate without a restart, open ones stay; a metric warns."""
    ports = scene.hub.server["https"], scene.hub.server["mqtts"]
    before = [served(scene, port) for port in ports]
    device, changes = watched(scene, scene.register())
    scene.weir("ca", "renew")
    scene.wait("the new certificate", lambda: not set(before) & {served(scene, port) for port in ports})
    device.send("{}")
    scene.equal("changes of the connection", changes, [])
    scene.device(word="new").send("{}")
    text = scene.service.request("GET", "/metrics", version=None).text
    found = [line for line in text.splitlines() if line.startswith("weir_certificate_expiry_seconds")]
    if not found or float(found[0].split()[-1]) <= 0:
        raise Failure(f"weir_certificate_expiry_seconds: {found}")
