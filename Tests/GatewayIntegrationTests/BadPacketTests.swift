import Foundation
import TestSupport
import Testing

extension GatewayIntegration {
    @Suite("packets that break the protocol close their own connection only")
    struct BadPacketTests {
        /// What a bad client sends, and the reason that is counted.
        private struct Fault {
            var what: String
            /// Whether a good CONNECT goes before it.
            var isConnected = true
            var bytes: [UInt8]
            var reason: String
        }

        private static func faults(_ device: TestDevice) -> [Fault] {
            let topic = device.eventsTopic
            let connect = MQTTBytes.connect(clientID: device.id, userName: device.userName, password: device.token)
            return [
                Fault(
                    what: "no CONNECT [MQTT-3.1.0-1]",
                    isConnected: false,
                    bytes: MQTTBytes.pingRequest,
                    reason: "connectMissing"
                ),
                Fault(what: "reserved type first", isConnected: false, bytes: [0x00, 0x00], reason: "malformedPacket"),
                Fault(
                    what: "protocol name",
                    isConnected: false,
                    bytes: MQTTBytes.packet(0x10, MQTTBytes.string("MQXX") + [4, 2, 0, 0] + MQTTBytes.string("a")),
                    reason: "malformedPacket"
                ),
                Fault(
                    what: "CONNECT flags [MQTT-3.1.2-3]",
                    isConnected: false,
                    bytes: MQTTBytes.packet(0x10, MQTTBytes.string("MQTT") + [4, 3, 0, 0] + MQTTBytes.string("a")),
                    reason: "malformedPacket"
                ),
                Fault(
                    what: "large CONNECT",
                    isConnected: false,
                    bytes: [0x10, 0xFF, 0xFF, 0x7F],
                    reason: "packetTooLarge"
                ),
                Fault(what: "second CONNECT [MQTT-3.1.0-2]", bytes: connect, reason: "secondConnect"),
                Fault(what: "type 15", bytes: [0xF0, 0x00], reason: "malformedPacket"),
                Fault(
                    what: "remaining length of five bytes",
                    bytes: [0x30, 0x80, 0x80, 0x80, 0x80, 0x01],
                    reason: "malformedPacket"
                ),
                Fault(
                    what: "QoS 3 [MQTT-3.3.1-4]",
                    bytes: MQTTBytes.packet(0x36, MQTTBytes.string(topic) + [0, 1]),
                    reason: "malformedPacket"
                ),
                Fault(
                    what: "packet id 0 [MQTT-2.3.1-1]",
                    bytes: MQTTBytes.publish(topic, [], id: 0),
                    reason: "protocolError"
                ),
                Fault(
                    what: "topic longer than its packet",
                    bytes: MQTTBytes.packet(0x30, [0x01, 0x00, 0x61]),
                    reason: "malformedPacket"
                ),
                Fault(
                    what: "topic that is no UTF-8 [MQTT-1.5.3-1]",
                    bytes: MQTTBytes.packet(0x30, [0x00, 0x02, 0xC3, 0x28]),
                    reason: "malformedPacket"
                ),
                Fault(
                    what: "wildcard in a topic [MQTT-3.3.2-2]",
                    bytes: MQTTBytes.publish("devices/+/messages/events/", [], id: 1),
                    reason: "malformedPacket"
                ),
                Fault(
                    what: "SUBSCRIBE flags [MQTT-3.8.1-1]",
                    bytes: MQTTBytes.packet(0x80, [0, 1] + MQTTBytes.string("a") + [0]),
                    reason: "malformedPacket"
                ),
                Fault(
                    what: "SUBSCRIBE without filters [MQTT-3.8.3-3]",
                    bytes: MQTTBytes.packet(0x82, [0, 1]),
                    reason: "protocolError"
                ),
                Fault(what: "CONNACK from a client", bytes: [0x20, 0x02, 0x00, 0x00], reason: "unexpectedPacket"),
                Fault(
                    what: "topic of another device",
                    bytes: MQTTBytes.publish("devices/other/messages/events/", [], id: 1),
                    reason: "topicNotAllowed"
                ),
                Fault(
                    what: "topic of nobody",
                    bytes: MQTTBytes.publish("weather", [], id: 1),
                    reason: "topicNotAllowed"
                ),
                Fault(
                    what: "QoS 2",
                    bytes: MQTTBytes.packet(0x34, MQTTBytes.string(topic) + [0, 1]),
                    reason: "qosNotSupported"
                ),
                Fault(
                    what: "bag that is no percent-encoding",
                    bytes: MQTTBytes.publish(topic + "a=%zz", [], id: 1),
                    reason: "malformedProperties"
                ),
                Fault(
                    what: "message of 262,145 bytes",
                    bytes: MQTTBytes.publish(topic, [UInt8](repeating: 0x20, count: 262_145), id: 1),
                    reason: "messageTooLarge"
                ),
                Fault(what: "packet of 256 MB", bytes: [0x30, 0xFF, 0xFF, 0xFF, 0x7F], reason: "packetTooLarge"),
            ]
        }

        @Test("each is closed without PUBACK and counted, and another device notices nothing", .timeLimit(.minutes(2)))
        func faults() async throws {
            let folder = try TemporaryFolder()
            let gateway = try await GatewayUnderTest(in: folder)
            let steady = try await SteadyClient(of: gateway)
            let device = try await gateway.makeDevice("bad")
            _ = try await gateway.makeDevice("other")
            for fault in Self.faults(device) {
                let before = try gateway.closed(fault.reason)
                let socket = try RawSocket(port: gateway.ports.mqtt)
                if fault.isConnected { try #require(try RawDevice.connect(device, over: socket) == 0) }
                do {
                    try socket.send(fault.bytes)
                } catch is RawSocket.Failure {}  // it may close before all of it is sent
                #expect(try socket.receiveUntilClosed().isEmpty, "\(fault.what)")
                try steady.publish()
                do {
                    try await Waiting.until(fault.reason, within: .seconds(3)) {
                        try gateway.closed(fault.reason) > before
                    }
                } catch let error as Waiting.TimeLimit {
                    Issue.record("\(fault.what): not counted as \(error.what)")
                }
            }
            #expect(try await gateway.records(device: "bad").isEmpty)
            #expect(try await gateway.records(device: "other").isEmpty)
            try await steady.check(gateway)
            try await gateway.stop()
        }

        @Test("a message of 262,144 bytes is taken, its last byte unchanged", .timeLimit(.minutes(1)))
        func largestMessage() async throws {
            let folder = try TemporaryFolder()
            let gateway = try await GatewayUnderTest(in: folder)
            let device = try RawDevice(try await gateway.makeDevice("large"), port: gateway.ports.mqtt)
            let payload = "{\"a\":\"" + String(repeating: "x", count: 262_144 - 8) + "\"}"
            try device.publish(payload)
            #expect(try await gateway.records().map(\.body) == [payload])
            try await gateway.stop()
        }

        @Test(
            "1 MiB of garbage, before and after CONNECT, costs one connection each and bounded memory",
            .timeLimit(.minutes(2))
        )
        func garbage() async throws {
            var random = SeededGenerator.announced("garbage")
            let folder = try TemporaryFolder()
            let gateway = try await GatewayUnderTest(in: folder)
            let steady = try await SteadyClient(of: gateway)
            let device = try await gateway.makeDevice("bad")
            for round in 0..<20 {
                let garbage = (0..<1 << 17).flatMap { _ in
                    withUnsafeBytes(of: random.next()) { Array($0) }
                }
                let socket = try RawSocket(port: gateway.ports.mqtt)
                if round.isMultiple(of: 2) { try #require(try RawDevice.connect(device, over: socket) == 0) }
                do {
                    // A type that is none ends it at once; else the garbage may ask for a packet that never comes whole.
                    try socket.send([0xF0] + garbage)
                } catch is RawSocket.Failure {}
                #expect(try socket.receiveUntilClosed().isEmpty)
                try steady.publish()
            }
            let memory = try gateway.peakMemoryBytes()
            print("garbage: the gateway's peak is \(memory >> 20) MiB")
            #expect(memory < 200 << 20)
            #expect(try await gateway.records(device: "bad").isEmpty)
            try await steady.check(gateway)
            try await gateway.stop()
        }

        @Test(
            "the same over TLS: a wrong key hears 5, broken packets and another device's topic are closed",
            .enabled(if: ExternalProgram.hasPython, "SKIPPED: python3 is missing"),
            .timeLimit(.minutes(1))
        )
        func tls() async throws {
            let folder = try TemporaryFolder()
            let gateway = try await GatewayUnderTest(in: folder)
            let steady = try await SteadyClient(of: gateway)
            let device = try await gateway.makeDevice("bad")
            let other = try await gateway.makeDevice("other")
            let connect = MQTTBytes.connect(clientID: device.id, userName: device.userName, password: device.token)
            let foreign = MQTTBytes.connect(clientID: device.id, userName: device.userName, password: other.token)
            for (what, flights, answer) in [
                ("wrong key", [foreign], "20020005"),
                ("second CONNECT", [connect, connect], "20020000"),
                ("malformed packet", [connect, [0xF0, 0x00]], "20020000"),
                ("another device's topic", [connect, MQTTBytes.publish(other.eventsTopic, [], id: 1)], "20020000"),
                ("1 MiB of zeros", [[UInt8](repeating: 0, count: 1 << 20)], ""),
            ] {
                var files: [String] = []
                for (number, bytes) in flights.enumerated() {
                    files.append(folder.file("flight-\(number)"))
                    try Data(bytes).write(to: URL(filePath: files[number]))
                }
                let result = try await RunningProcess.run(
                    "python3",
                    [try ClientProgram.path("tls_peer.py"), "\(gateway.ports.mqtts)", gateway.authority] + files
                )
                #expect(result.status == 0, "\(what): \(result.errors)")
                #expect(result.output == answer + "\n", "\(what)")
                try steady.publish()
            }
            try await steady.check(gateway)
            try await gateway.stop()
        }
    }
}
