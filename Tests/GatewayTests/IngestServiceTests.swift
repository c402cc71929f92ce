import CoreMetrics
import Gateway
import IngestRules
import MQTTServer
import NIOCore
import Synchronization
import TelemetryModel
import Testing

@Suite("ingest service: messages of ordinary topics on their way to the log")
struct IngestServiceTests {
    private static let now = Timestamp(milliseconds: 1_795_262_400_000)
    private static let principal = Principal.application("bridge")

    private final class Requests: Sendable {
        let all = Mutex<[RebirthRequest]>([])
    }

    private func service(_ requests: Requests = Requests()) throws -> IngestService {
        let service = IngestService(
            rules: try IngestVectorTests.rules(),
            now: { Self.now },
            metrics: NOOPMetricsHandler.instance
        )
        service.publishes { request in requests.all.withLock { $0.append(request) } }
        return service
    }

    @Test("a topic with a rule gives records with their headers, one without gives no rule")
    func records() throws {
        let service = try self.service()
        #expect(service.rule(for: "stat/a/RESULT", from: Self.principal) == nil)
        let rule = try #require(service.rule(for: "tele/a/SENSOR", from: Self.principal))
        #expect(rule.isBrokered)
        let result = rule.ingest(payload: ByteBuffer(string: #"{"AM2301":{"Temperature":1.5}}"#), isRetained: false)
        #expect(result.deadLetter == nil)
        let records = result.records
        #expect(records.map(\.device.description) == ["a"])
        #expect(
            records.map { String(buffer: $0.value) } == [#"{"ts":"2026-11-21T12:00:00.000Z","AM2301.temperature":1.5}"#]
        )
        #expect(records[0].headers.contains(.init(name: "ingest-rule", value: "tasmota-sensor")))
    }

    @Test("a message that says nothing is ignored, one that cannot be read is a dead letter")
    func others() throws {
        let rule = try #require(try self.service().rule(for: "tele/a/SENSOR", from: Self.principal))
        let ignored = rule.ingest(payload: ByteBuffer(string: "{}"), isRetained: false)
        #expect(ignored.records.isEmpty && ignored.deadLetter == nil)
        let broken = rule.ingest(payload: ByteBuffer(string: "{"), isRetained: false)
        #expect(broken.records.isEmpty)
        #expect(broken.deadLetter?.headers.first?.value.contains("ends too early") == true)
    }

    @Test("an unknown Sparkplug alias publishes a request for the birth, once, and is a dead letter")
    func rebirth() throws {
        let requests = Requests()
        let service = try self.service(requests)
        let rule = try #require(service.rule(for: "spBv1.0/G/NDATA/E", from: Self.principal))
        let data = ByteBuffer(bytes: [0x12, 0x04, 0x10, 0x01, 0x50, 0x05])  // alias 1, int_value 5
        for _ in 0..<2 {
            let letter = rule.ingest(payload: data, isRetained: false).deadLetter
            #expect(letter?.headers.first?.value == "no birth certificate of G:E defines the alias 1")
        }
        #expect(requests.all.withLock { $0.map(\.topic) } == ["spBv1.0/G/NCMD/E"])
    }

    @Test("what is readable becomes records, the same message a dead letter for the rest, with its headers")
    func both() throws {
        let rule = try #require(try self.service().rule(for: "spBv1.0/G/NDATA/E", from: Self.principal))
        // name "v", Int32, 5; then alias 9.
        let known: [UInt8] = [0x12, 0x07, 0x0A, 0x01, 0x76, 0x20, 0x03, 0x50, 0x05]
        let data = ByteBuffer(bytes: known + [0x12, 0x04, 0x10, 0x09, 0x50, 0x05])
        let result = rule.ingest(payload: data, isRetained: false)
        #expect(result.records.count == 1)
        let letter = try #require(result.deadLetter)
        #expect(String(decoding: letter.key, as: UTF8.self) == Self.principal.description)
        #expect(letter.value == data)
        #expect(
            letter.headers == [
                .init(name: "reason", value: "no birth certificate of G:E defines the alias 9"),
                .init(name: "mqtt-topic", value: "spBv1.0/G/NDATA/E"),
                .init(name: "publisher", value: Self.principal.description),
                .init(name: "ingest-rule", value: "sparkplug"),
            ]
        )
    }

    @Test("a Will's and the gateway's own messages have a publisher, too")
    func gateway() throws {
        let rule = try #require(try self.service().rule(for: "tele/a/SENSOR", from: nil))
        let letter = rule.ingest(payload: ByteBuffer(string: "{"), isRetained: false).deadLetter
        #expect(letter?.headers.contains(.init(name: "publisher", value: "gateway")) == true)
    }
}
