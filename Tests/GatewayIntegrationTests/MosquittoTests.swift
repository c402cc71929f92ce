import Foundation
import Testing

extension GatewayIntegration {
    @Suite(
        "mosquitto_pub and mosquitto_sub, contract iothub-mqtt sections 2 to 4 and 10",
        .enabled(if: ExternalProgram.hasMosquitto, "SKIPPED: mosquitto_pub is missing (Debian: mosquitto-clients)")
    )
    struct MosquittoTests {
        @Test(
            "a QoS 1 message is in the log when the client ends, with body, properties, device and time",
            .timeLimit(.minutes(2)),
            arguments: [MosquittoClient.Transport.tcp, .tls]
        )
        func properties(transport: MosquittoClient.Transport) async throws {
            let folder = try TemporaryFolder()
            let gateway = try await GatewayUnderTest(in: folder)
            let device = try await gateway.makeDevice("pump-1")
            let client = MosquittoClient(device: device, gateway: gateway, transport: transport)
            let begin = Date.now
            let result = try await client.publish(
                #"{"temperature": 21.50, "note":"ü"}"#,
                bag: "%24.mid=mid-1&%24.cid=cid%201%2Fx&%24.ct=application%2Fjson&%24.ce=utf-8"
                    + "&alert%20level=hot%20%26%20cold%3D1%2F2&b=%C3%BC&empty="
            )
            #expect(result.status == 0, "\(result.errors)")

            let records = try await gateway.records()
            let record = try #require(records.first)
            #expect(records.count == 1)
            #expect(record.body == #"{"temperature":21.50,"note":"ü"}"#)
            #expect(record.deviceId == "pump-1")
            #expect(record.systemProperties["iothub-connection-device-id"] == "pump-1")
            #expect(record.systemProperties["message-id"] == "mid-1")
            #expect(record.systemProperties["correlation-id"] == "cid 1/x")
            #expect(record.systemProperties["content-type"] == "application/json")
            #expect(record.systemProperties["content-encoding"] == "utf-8")
            #expect(
                record.applicationProperties == ["alert level": "hot & cold=1/2", "b": "ü", "empty": ""]
            )
            #expect(record.systemProperties["iothub-enqueuedtime"] == record.enqueuedTime)
            let time = try Date(
                record.enqueuedTime,
                strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)
            )
            #expect(time >= begin.addingTimeInterval(-0.01) && time <= Date.now)
            try await gateway.stop()
        }

        @Test("a QoS 0 message and a body that is no JSON arrive unchanged", .timeLimit(.minutes(2)))
        func quiet() async throws {
            let folder = try TemporaryFolder()
            let gateway = try await GatewayUnderTest(in: folder)
            let client = MosquittoClient(device: try await gateway.makeDevice("quiet"), gateway: gateway)
            #expect(try await client.publish("not JSON \"at all\"", qos: 0).status == 0)
            let record = try await gateway.record(of: "telemetry") { _ in true }
            #expect(record.body == #""not JSON \"at all\"""#)
            try await gateway.stop()
        }

        @Test(
            "kill -9 of the gateway makes telemetry of the Will of a device that was connected [MQTT-3.1.2-8]",
            .timeLimit(.minutes(2))
        )
        func willOfKilledGateway() async throws {
            let folder = try TemporaryFolder()
            let gateway = try await GatewayUnderTest(in: folder, ports: try GatewayPorts.lasting())
            let client = MosquittoClient(device: try await gateway.makeDevice("pump-1"), gateway: gateway)
            let device = try client.stay(will: "gone")
            _ = try await gateway.record(of: "lifecycle") { $0.applicationProperties["opType"] == "deviceConnected" }
            try await gateway.kill()
            device.send(SIGKILL)
            try await gateway.start()
            let record = try await gateway.record(of: "telemetry") { $0.body.contains("gone") }
            #expect(record.deviceId == "pump-1")
            #expect(record.applicationProperties["iothub-MessageType"] == "Will")
            try await gateway.stop()
            try await gateway.start()
            #expect(try await gateway.records().count == 1, "nothing comes twice")
            try await gateway.stop()
        }

        @Test("a wrong key is refused with code 5 and leaves nothing in the log", .timeLimit(.minutes(2)))
        func wrongKey() async throws {
            let folder = try TemporaryFolder()
            let gateway = try await GatewayUnderTest(in: folder)
            var device = try await gateway.makeDevice("known")
            device.token = try await gateway.makeDevice("other").token
            let result = try await MosquittoClient(device: device, gateway: gateway).publish("{}")
            #expect(result.status == 5, "mosquitto_pub ends with CONNACK's code: \(result.errors)")
            #expect(try await gateway.records().isEmpty)
            try await gateway.stop()
        }

        @Test(
            "a device is granted its own devicebound filter and refused every other one [MQTT-3.8.4-5]",
            .timeLimit(.minutes(2))
        )
        func subscriptions() async throws {
            let folder = try TemporaryFolder()
            let gateway = try await GatewayUnderTest(in: folder)
            let client = MosquittoClient(device: try await gateway.makeDevice("mine"), gateway: gateway)

            let granted = try await client.subscribe(["devices/mine/messages/devicebound/#"])
            #expect(granted.status == 0)
            #expect(granted.output.contains("Subscribed (mid: 1): 1"), "granted QoS 1: \(granted.output)")

            for filter in ["devices/other/messages/devicebound/#", "#", "devices/+/messages/devicebound/#", "$SYS/#"] {
                let refused = try await client.subscribe([filter])
                #expect(refused.output.contains("Subscribed (mid: 1): 128"), "\(filter): \(refused.output)")
            }
            let mixed = try await client.subscribe(["devices/mine/messages/devicebound/#", "#"])
            #expect(mixed.output.contains("Subscribed (mid: 1): 1, 128"), "\(mixed.output)")
            try await gateway.stop()
        }
    }
}
