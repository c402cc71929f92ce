"""azure-iot-device with websockets=True: MQTT over WebSocket at /$iothub/websocket.

azure_websocket.py CONNECTION_STRING CA_PEM PORT COUNT

The package knows port 443 only. It goes there through an HTTP proxy of this program, which leads every CONNECT to PORT
of this machine. Prints what the package asked the proxy for, then "acknowledged N" for each of COUNT messages.
"""

import select
import socket
import sys
import threading

from azure.iot.device import IoTHubDeviceClient, Message, ProxyOptions


def relay(client, port):
    """One CONNECT, then bytes both ways until one side ends."""
    request = b""
    while b"\r\n\r\n" not in request:
        request += client.recv(4096)
    print("proxy", request.split(b"\r\n")[0].decode(), flush=True)
    with client, socket.create_connection(("127.0.0.1", port)) as server:
        client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        while True:
            for source in select.select([client, server], [], [])[0]:
                data = source.recv(65536)
                if not data:
                    return
                (server if source is client else client).sendall(data)


def serve(listener, port):
    while True:
        client, _ = listener.accept()
        threading.Thread(target=relay, args=(client, port), daemon=True).start()


def main():
    connection_string, ca_file, port, count = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    with open(ca_file, encoding="ascii") as file:
        authority = file.read()
    listener = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=serve, args=(listener, port), daemon=True).start()
    client = IoTHubDeviceClient.create_from_connection_string(
        connection_string,
        server_verification_cert=authority,
        websockets=True,
        proxy_options=ProxyOptions("HTTP", "127.0.0.1", listener.getsockname()[1]),
    )
    client.connect()
    for number in range(1, count + 1):
        message = Message(
            '{"n": %d, "text": "%s"}' % (number, "x" * (number * 1000)),
            content_type="application/json",
            content_encoding="utf-8",
        )
        message.message_id = f"ws-{number}"
        client.send_message(message)
        print("acknowledged", number, flush=True)
    client.shutdown()


main()
