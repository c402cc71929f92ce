import Gateway
import MQTTServer
import NIOCore
import TelemetryModel
import Testing

@Suite("Home Assistant's birth, among what clients publish")
struct BirthWatchTests {
    /// Makes a record of every message of topics that begin with `t`.
    private struct Rules: MessageIngesting {
        final class Rule: IngestRule {
            let isBrokered = false

            func ingest(payload: ByteBuffer, isRetained: Bool) -> IngestResult {
                guard let device = IdentityID("d") else { return IngestResult() }
                return IngestResult(records: [IngestedRecord(device: device, value: payload)])
            }
        }

        func rule(for topic: String, from principal: Principal?) -> (any IngestRule)? {
            topic.hasPrefix("t") ? Rule() : nil
        }
    }

    private static let principal = Principal.application("homeassistant")

    @Test(
        "online on its topic is a birth, and nothing else is",
        arguments: [
            ("ha/status", "online", true), ("ha/status", "offline", false), ("ha/status", "Online", false),
            ("ha/status", "online ", false), ("ha/status", "", false), ("ha/statu", "online", false),
            ("ha/status/x", "online", false),
        ]
    )
    func birth(topic: String, payload: String, isBirth: Bool) {
        let watch = BirthWatch(inner: Rules(), topic: "ha/status")
        #expect(!watch.takeStarted())
        let rule = watch.rule(for: topic, from: Self.principal)
        let result = rule?.ingest(payload: ByteBuffer(string: payload), isRetained: false)
        #expect(rule?.isBrokered ?? true, "Home Assistant's own subscribers get it")
        #expect(result?.records.isEmpty ?? true)
        #expect(watch.takeStarted() == isBirth)
        #expect(!watch.takeStarted(), "once")
    }

    @Test("rules make telemetry as before, of the birth's topic, too", arguments: ["t/x", "t/status"])
    func rules(topic: String) throws {
        let watch = BirthWatch(inner: Rules(), topic: "t/status")
        let rule = try #require(watch.rule(for: topic, from: Self.principal))
        #expect(!rule.isBrokered)
        #expect(rule.ingest(payload: ByteBuffer(string: "online"), isRetained: false).records.count == 1)
        #expect(watch.takeStarted() == (topic == "t/status"))
    }
}
