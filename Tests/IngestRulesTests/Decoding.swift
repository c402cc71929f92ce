import IngestRules
import NIOCore
import TelemetryModel
import Testing

/// 2026-11-21T12:00:00Z, when every message of the tests arrives.
let arrival = Timestamp(milliseconds: 1_795_262_400_000)

/// What a message to the topic `t` becomes by one rule.
func decode(_ text: String, by rule: TopicRule) throws -> IngestOutcome {
    try decode(Array(text.utf8), by: rule)
}

func decode(_ bytes: [UInt8], by rule: TopicRule) throws -> IngestOutcome {
    let binding = try #require(IngestRules([rule]).resolve(topic: "t".utf8))
    return binding.decode(ByteBuffer(bytes: bytes), isRetained: false, arrivedAt: arrival)
}

extension IngestOutcome {
    /// The records' values as text.
    var values: [String] { self.records.map { String(decoding: $0.value, as: UTF8.self) } }
}
