"""aiomqtt over WebSocket, unmodified: publishes to itself and compares.

websocket_client.py SERVER_JSON PORT PATH [CA_PEM]

With CA_PEM it is wss to `localhost`. Both versions of MQTT; one JSON line for each.
"""

import asyncio
import json
import sys

import aiomqtt

PAYLOADS = [b"", b"small", bytes(range(256)), bytes(125), bytes(126), bytes(65_535), bytes(65_536), bytes(250_000)]


async def run(server, version, port, path, authority):
    secure = {"tls_params": aiomqtt.TLSParameters(ca_certs=authority)} if authority else {}
    async with aiomqtt.Client(
        "localhost" if authority else server["host"],
        port,
        username=server["user"],
        password=server["password"],
        transport="websockets",
        websocket_path=path,
        protocol=version,
        identifier=f"aiomqtt-{version.name}",
        **secure,
    ) as client:
        await client.subscribe("t/ws/#", qos=2)
        for qos in (0, 1, 2):
            for number, payload in enumerate(PAYLOADS):
                await client.publish(f"t/ws/{qos}/{number}", payload, qos)
                message = await anext(client.messages)
                if (str(message.topic), message.qos, message.payload) != (f"t/ws/{qos}/{number}", qos, payload):
                    sys.exit(f"{message.topic} with {len(message.payload)} bytes, expected {qos}/{number}")
        # Many small ones without waiting: packets share frames and frames share reads.
        client.pending_calls_threshold = 1_000
        await asyncio.gather(*(client.publish("t/ws/many", f"{number}", 1) for number in range(200)))
        numbers = sorted([int((await anext(client.messages)).payload) for _ in range(200)])
        if numbers != list(range(200)):
            sys.exit(f"received {numbers}")
    print(json.dumps({"version": version.name, "messages": 3 * len(PAYLOADS) + 200}), flush=True)


async def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        server = json.load(file)
    authority = sys.argv[4] if len(sys.argv) > 4 else None
    for version in (aiomqtt.ProtocolVersion.V311, aiomqtt.ProtocolVersion.V5):
        await asyncio.wait_for(run(server, version, int(sys.argv[2]), sys.argv[3], authority), 30)


asyncio.run(main())
