import StreamSQL
import TelemetryModel

/// A record for tests, and how a query takes it.
struct TestRecord: Sendable {
    var topic = 0
    var partition: Int32 = 0
    var offset: Int64
    /// Milliseconds since 1970.
    var enqueued: Int64
    var device: String
    var payload: String
    var isHistorical = false

    func give(to query: inout StreamQuery, _ output: inout QueryOutput) {
        let device = Array(self.device.utf8)
        let payload = Array(self.payload.utf8)
        device.withUnsafeBufferPointer { device in
            payload.withUnsafeBufferPointer { payload in
                let event = StreamEvent(
                    topic: self.topic,
                    partition: self.partition,
                    offset: self.offset,
                    enqueued: Timestamp(milliseconds: self.enqueued),
                    device: device,
                    payload: payload,
                    isHistorical: self.isHistorical
                )
                query.receive(event, output: &output)
            }
        }
    }
}

extension QueryOutput {
    /// Everything in it, one line each, provenance included.
    var lines: [String] {
        self.results.map { result in
            let spans = result.spans.all.map { "\($0.input)/\($0.partition):\($0.first)-\($0.last)" }
            let json = String(decoding: result.json, as: UTF8.self)
            let start = result.windowStart.map { "\($0)" } ?? "-"
            return "\(json) \(start) \(result.time) \(result.key) \(result.kind) \(spans.joined(separator: ","))"
        } + self.deadLetters.map { "\($0.cause): \($0.reason) \($0.spans.all)" }
    }
}
