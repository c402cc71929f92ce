"""Sends files' bytes over TLS and prints in hexadecimal what comes back until the peer closes.

tls_peer.py PORT CA_PEM FILE...

The next file goes out when something has come back for the one before.

Status 0: the peer closed. Status 4: it did not within ten seconds.
"""

import socket
import ssl
import sys

port, authority, paths = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
context = ssl.create_default_context(cafile=authority)
received = b""
with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
    with context.wrap_socket(connection, server_hostname="localhost") as peer:
        try:
            for path in paths:
                with open(path, "rb") as file:
                    peer.sendall(file.read())
                if path != paths[-1]:
                    received += peer.recv(65536)
            while data := peer.recv(65536):
                received += data
        except TimeoutError:
            print(received.hex())
            sys.exit(4)
        except OSError:
            pass  # a reset or an end without close_notify: closed
print(received.hex())
