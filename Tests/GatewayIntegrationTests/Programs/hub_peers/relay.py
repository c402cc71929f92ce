"""Leads the fixed ports of the Azure packages to the free ones of a gateway under test.

The device package knows 8883 and 443 only, and takes an HTTP proxy: one of this process answers its CONNECT. The
service package knows 5671 and 443 for AMQP and takes none: for these something must listen there, so long as a
statement needs it.
"""

import contextlib
import select
import socket
import threading
import time

from hub_peers import WAIT_SECONDS


class Relay:
    """An HTTP proxy on a free port of loopback; `ports` maps what clients ask for to what the gateway has."""

    def __init__(self, ports):
        self.ports, self.asked, self.open = ports, [], set()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._serve, args=(self.listener, self._proxied), daemon=True).start()

    @contextlib.contextmanager
    def fixed(self, port):
        """Listens on a fixed port of loopback as long as the context lasts."""
        try:
            listener = socket.create_server(("127.0.0.1", port))
        except OSError as error:
            raise OSError(f"port {port}: {error}; the package azure-iot-hub knows no other for AMQP") from error

        def straight(client):
            self._pump(client, self.ports[port])

        thread = threading.Thread(target=self._serve, args=(listener, straight), daemon=True)
        thread.start()
        try:
            yield
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            listener.close()
            thread.join()

    def cut(self):
        """Ends every connection as a broken network does: without a word."""
        for each in list(self.open):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    @staticmethod
    def _serve(listener, handle):
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=handle, args=(client,), daemon=True).start()

    def _proxied(self, client):
        request = b""
        while b"\r\n\r\n" not in request:
            data = client.recv(4096)
            if not data:
                return client.close()
            request += data
        target = request.split()[1].decode()
        self.asked.append(target)
        self._pump(client, self.ports[int(target.rsplit(":", 1)[1])], b"HTTP/1.1 200 Connection established\r\n\r\n")

    def _pump(self, client, port, greeting=b""):
        with client:
            # While the gateway is down the client waits: a proxy's refusal is another matter to the package.
            deadline = time.monotonic() + WAIT_SECONDS
            while True:
                try:
                    server = socket.create_connection(("127.0.0.1", port))
                    break
                except OSError:
                    if time.monotonic() > deadline:
                        return
                    time.sleep(0.05)
            with server, contextlib.suppress(OSError):
                self.open |= {client, server}
                try:
                    client.sendall(greeting)
                    while True:
                        for source in select.select([client, server], [], [])[0]:
                            data = source.recv(65536)
                            if not data:
                                return
                            (server if source is client else client).sendall(data)
                finally:
                    self.open -= {client, server}
