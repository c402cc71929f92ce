"""A device program on the unmodified package azure-iot-device: it knows nothing of the gateway's restarts.

azure_device.py CONNECTION_STRING CA_PEM COUNT

Sends COUNT messages one after the other and prints "acknowledged N" when send_message() has returned for message N.
A refused connection ends it with the exception's name and status 3.
"""

import sys
import time

from azure.iot.device import IoTHubDeviceClient, Message, exceptions


def send(client, message):
    """Returns when the message is acknowledged. A send that meets the very end of a connection is told so by the package:
    its program sends again, which may store the message twice, and never loses it."""
    while True:
        try:
            return client.send_message(message)
        except exceptions.NoConnectionError:
            time.sleep(0.1)


def main():
    connection_string, ca_file, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    with open(ca_file, encoding="ascii") as file:
        authority = file.read()
    client = IoTHubDeviceClient.create_from_connection_string(
        connection_string, server_verification_cert=authority, connection_retry_interval=1
    )
    try:
        client.connect()
    except exceptions.ClientError as error:
        print("refused", type(error).__name__, flush=True)
        sys.exit(3)
    print("connected", flush=True)
    for number in range(1, count + 1):
        message = Message('{"n": %d}' % number, content_type="application/json", content_encoding="utf-8")
        message.message_id = "m-%d" % number
        message.custom_properties["alert level"] = "hot & cold=1/2"
        message.custom_properties["n"] = str(number)
        send(client, message)
        print("acknowledged", number, flush=True)
    client.shutdown()


main()
