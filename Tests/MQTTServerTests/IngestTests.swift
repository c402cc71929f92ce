import EventLog
import Foundation
import MQTTCodec
import MQTTProtocol
import MQTTServer
import NIOCore
import NIOPosix
import ServerTestSupport
import Synchronization
import TelemetryModel
import TestSupport
import Testing

@Suite("Messages of ordinary topics that become telemetry", .timeLimit(.minutes(1)))
struct IngestTests {
    /// Takes `ingest/…`: the second level is the device; `keep` is not brokered; payload `bad` cannot be read, `half` only
    /// in part.
    final class Rules: MessageIngesting {
        final class Rule: IngestRule {
            let device: IdentityID
            let isBrokered: Bool

            init(device: IdentityID, isBrokered: Bool) {
                self.device = device
                self.isBrokered = isBrokered
            }

            func ingest(payload: ByteBuffer, isRetained: Bool) -> IngestResult {
                let text = String(buffer: payload)
                var result = IngestResult()
                if text == "bad" || text == "half" {
                    result.deadLetter = DeadLetter(
                        key: Array("publisher".utf8),
                        value: payload,
                        headers: [.init(name: "reason", value: "no number")]
                    )
                }
                guard text != "birth", text != "bad" else { return result }
                let header = IngestedRecord.Header(name: "rule", value: "test")
                result.records = [
                    IngestedRecord(device: self.device, value: ByteBuffer(string: "{\(text)}"), headers: [header])
                ]
                return result
            }
        }

        let asked = Mutex<[String]>([])
        /// Who published, in the order of ``asked``.
        let principals = Mutex<[Principal?]>([])

        func rule(for topic: String, from principal: Principal?) -> (any IngestRule)? {
            self.asked.withLock { $0.append(topic) }
            self.principals.withLock { $0.append(principal) }
            let levels = topic.split(separator: "/")
            guard levels.count == 3, levels[0] == "ingest", let device = IdentityID(String(levels[1])) else {
                return nil
            }
            return Rule(device: device, isBrokered: levels[2] != "keep")
        }
    }

    private static let anyone = FakeAuthenticator.application()

    @Test("the answer waits for the record, and subscribers get the message unless the rule says otherwise")
    func ingest() async throws {
        let rules = Rules()
        try await TestEndpoint.run(authenticator: Self.anyone, ingesting: rules) { endpoint in
            let client = try await endpoint.client("a")
            try await client.subscribe("ingest/#")
            endpoint.files.holdSyncs()
            try await client.send(.message("ingest/dev1/t", "1", id: 1), .message("ingest/dev2/keep", "2", id: 2))
            try await endpoint.files.heldSyncs.next()
            try await client.expectNothingButPing()
            endpoint.files.releaseSyncs()
            try await client.expectAcknowledged([1, 2])
            #expect(try await client.nextPublish().topicText == "ingest/dev1/t")
            let records = try endpoint.records().sorted { $0.key < $1.key }
            #expect(records.map(\.key) == ["dev1", "dev2"])
            #expect(records.map(\.value) == ["{1}", "{2}"])
            #expect(records[0].headers["rule"] == "test")
            try await eventually { endpoint.metrics.value("messages_ingested") == 2 }
            try await client.expectNothingButPing()
        }
    }

    @Test("a rule is looked for once per topic")
    func once() async throws {
        let rules = Rules()
        try await TestEndpoint.run(authenticator: Self.anyone, ingesting: rules) { endpoint in
            let client = try await endpoint.client("a")
            for id in UInt16(1)...5 { try await client.publish("ingest/dev1/keep", "\(id)", id: id) }
            for id in UInt16(1)...5 { try await client.publish("other", "\(id)", id: id) }
            #expect(rules.asked.withLock { $0 } == ["ingest/dev1/keep", "other"])
        }
    }

    @Test("what a rule cannot read is acknowledged when it is in the topic of dead letters; a birth is no record")
    func deadLetter() async throws {
        try await TestEndpoint.run(authenticator: Self.anyone, ingesting: Rules()) { endpoint in
            let client = try await endpoint.client("a")
            endpoint.files.holdSyncs()
            try await client.send(.message("ingest/dev1/keep", "bad", id: 1))
            try await endpoint.files.heldSyncs.next()
            try await client.expectNothingButPing()
            endpoint.files.releaseSyncs()
            try await client.expectAcknowledged([1])
            let letters = try endpoint.records(of: endpoint.deadLetters)
            #expect(letters.map(\.value) == ["bad"])
            #expect(letters.map(\.key) == ["publisher"])
            #expect(letters.first?.headers["reason"] == "no number")
            try await client.publish("ingest/dev1/keep", "birth", id: 2)
            try await eventually { endpoint.metrics.value("messages_dead") == 1 }
            #expect(endpoint.topic.recordCount == 0)
            #expect(endpoint.deadLetters.recordCount == 1)
        }
    }

    @Test("a message that is read in part is telemetry and a dead letter before its answer", arguments: QoS.allCases)
    func half(qos: QoS) async throws {
        try await TestEndpoint.run(authenticator: Self.anyone, ingesting: Rules()) { endpoint in
            let client = try await endpoint.client("a")
            try await client.publish("ingest/dev1/keep", "half", qos)
            // The answer to this one stands behind the other's.
            try await client.publish("ingest/dev1/keep", "1", id: 9)
            #expect(try endpoint.records().map(\.value) == ["{half}", "{1}"])
            #expect(try endpoint.records(of: endpoint.deadLetters).map(\.value) == ["half"])
        }
    }

    @Test("a topic of dead letters that takes nothing leaves the publisher without an answer")
    func deadLettersFail() async throws {
        try await TestEndpoint.run(authenticator: Self.anyone, ingesting: Rules()) { endpoint in
            let client = try await endpoint.client("a")
            endpoint.files.failSyncs(errno: 5)
            try await client.send(.message("ingest/dev1/keep", "bad", id: 1))
            try await client.expectClosed()
            #expect(endpoint.closed(.logUnavailable) == 1)
        }
    }

    @Test("a Will goes by the rules like any message, at once or after its delay", arguments: [0, 1], ["keep", "t"])
    func will(delaySeconds: UInt32, level: String) async throws {
        let rules = Rules()
        try await TestEndpoint.run(authenticator: Self.anyone, ingesting: rules) { endpoint in
            let listener = try await endpoint.client("listener")
            try await listener.subscribe("ingest/#")
            let client = try await endpoint.client(.v5)
            let will = ConnectPacket.Will(
                topic: ByteBuffer(string: "ingest/dev1/\(level)"),
                payload: ByteBuffer(string: "7"),
                qos: .atLeastOnce,
                delaySeconds: delaySeconds
            )
            try await client.connect5("node", will: will, ConnectProperties(sessionExpirySeconds: 100))
            try await client.close()
            if level == "t" { #expect(try await listener.nextPublish().text == "7") }
            try await eventually { endpoint.topic.recordCount == 1 }
            #expect(try endpoint.records().map(\.value) == ["{7}"])
            #expect(rules.principals.withLock { $0 } == [.application("tests")])
            try await listener.expectNothingButPing()
        }
    }

    @Test("what the server publishes itself goes by the rules, too")
    func ownPublish() async throws {
        let rules = Rules()
        try await TestEndpoint.run(authenticator: Self.anyone, ingesting: rules) { endpoint in
            endpoint.server.publish(
                topic: "ingest/dev1/t",
                payload: ByteBuffer(string: "8"),
                on: endpoint.group.next()
            )
            try await eventually { endpoint.topic.recordCount == 1 }
            #expect(rules.principals.withLock { $0 } == [nil])
        }
    }

    @Test(
        "a QoS 2 message of before a crash becomes telemetry again, which may not have been synced; subscribers get it once",
        arguments: ["keep", "t"]
    )
    func exactlyOnceOverCrash(level: String) async throws {
        let folder = NSTemporaryDirectory() + "weir-ingest-\(UInt64.random(in: 0 ... .max))"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let kept = ConnectProperties(sessionExpirySeconds: 100)
        let sessions = FakeSessions()
        let message = Packet.message("ingest/dev1/\(level)", "1", .exactlyOnce, id: 5)
        try await TestEndpoint.run(
            in: folder,
            authenticator: Self.anyone,
            sessions: sessions,
            ingesting: Rules()
        ) { endpoint in
            let client = try await endpoint.client(.v5)
            try await client.connect5("a", kept)
            try await client.send(message)
            _ = try await client.next()
            #expect(endpoint.topic.recordCount == 1)
        }
        // The journal reached the disk, telemetry did not.
        try FileManager.default.removeItem(atPath: folder + "/telemetry")
        try await TestEndpoint.run(
            in: folder,
            authenticator: Self.anyone,
            sessions: sessions,
            ingesting: Rules()
        ) { endpoint in
            let listener = try await endpoint.client("listener")
            try await listener.subscribe("ingest/#")
            let client = try await endpoint.client(.v5)
            try await client.connect5("a", cleanStart: false, sessionPresent: true, kept)
            for _ in 0..<2 {
                try await client.send(.message("ingest/dev1/\(level)", "1", .exactlyOnce, id: 5, isDuplicate: true))
                #expect(try await client.next() == .packet(.pubrec(PubrecPacket(packetID: 5))))
            }
            #expect(try endpoint.records().map(\.value) == ["{1}"])
            try await listener.expectNothingButPing()
            try await client.send(.pubrel(PubrelPacket(packetID: 5)))
            #expect(try await client.next() == .packet(.pubcomp(PubcompPacket(packetID: 5))))
        }
    }

    @Test("a QoS 2 message that only becomes telemetry becomes it once [MQTT-4.3.3-10]")
    func exactlyOnce() async throws {
        try await TestEndpoint.run(authenticator: Self.anyone, ingesting: Rules()) { endpoint in
            let kept = ConnectProperties(sessionExpirySeconds: 100)
            let first = try await endpoint.client(.v5)
            try await first.connect5("a", kept)
            try await first.send(.message("ingest/dev1/keep", "1", .exactlyOnce, id: 5))
            #expect(try await first.next() == .packet(.pubrec(PubrecPacket(packetID: 5))))
            try await first.close()
            let second = try await endpoint.client(.v5)
            try await second.connect5("a", cleanStart: false, sessionPresent: true, kept)
            try await second.send(.message("ingest/dev1/keep", "1", .exactlyOnce, id: 5, isDuplicate: true))
            #expect(try await second.next() == .packet(.pubrec(PubrecPacket(packetID: 5))))
            try await second.send(.pubrel(PubrelPacket(packetID: 5)))
            #expect(try await second.next() == .packet(.pubcomp(PubcompPacket(packetID: 5))))
            #expect(endpoint.topic.recordCount == 1)
        }
    }
}
