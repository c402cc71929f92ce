import IngestRules
import NIOCore
import TelemetryModel
import Testing

@Suite("Sparkplug: what all nodes together may cost, both sides")
struct SparkplugLimitTests {
    private func send(
        _ topic: String,
        _ metrics: [[UInt8]],
        seq: UInt8? = nil,
        at time: Timestamp = arrival,
        _ state: inout SparkplugState
    ) throws -> IngestOutcome {
        let binding = try #require(IngestRules([try SampleRules.sparkplug()]).resolve(topic: topic.utf8))
        let payload = Wire.payload(metrics, seq: seq)
        return binding.decode(ByteBuffer(bytes: payload), isRetained: false, arrivedAt: time, state: &state)
    }

    private func limits(_ change: (inout SparkplugState.Limits) -> Void) -> SparkplugState {
        var limits = SparkplugState.Limits()
        change(&limits)
        return SparkplugState(limits: limits)
    }

    @Test("a birth beyond the number of nodes is a dead letter; its values are records all the same")
    func nodes() throws {
        var state = self.limits { $0.nodesMax = 2 }
        for node in ["A", "B"] {
            #expect(
                try self.send("spBv1.0/G/NBIRTH/\(node)", [Wire.metric("v", alias: 1, 5)], &state).deadLetter == nil
            )
        }
        let outcome = try self.send("spBv1.0/G/NBIRTH/C", [Wire.metric("v", alias: 1, 5)], &state)
        #expect(outcome.deadLetter == "the birth certificate is not kept: more than 2 edge nodes are known already")
        #expect(outcome.values == [#"{"ts":"2026-11-21T12:00:00.000Z","v":5,"online":true}"#])
        #expect(state.nodeCount == 2)
        #expect(try self.send("spBv1.0/G/NBIRTH/A", [Wire.metric("v", alias: 1, 5)], &state).deadLetter == nil)
    }

    @Test("a death makes room")
    func death() throws {
        var state = self.limits { $0.nodesMax = 1 }
        _ = try self.send("spBv1.0/G/NBIRTH/A", [Wire.metric("v", alias: 1, 5)], &state)
        #expect(state.metricCount == 1)
        _ = try self.send("spBv1.0/G/NDEATH/A", [], &state)
        #expect(state.metricCount == 0)
        #expect(try self.send("spBv1.0/G/NBIRTH/B", [Wire.metric("v", alias: 1, 5)], &state).deadLetter == nil)
    }

    @Test("nodes that were asked and never answered make room after the interval")
    func asked() throws {
        var state = self.limits { $0.nodesMax = 1 }
        #expect(try self.send("spBv1.0/G/NDATA/A", [Wire.metric(nil, alias: 1, 5)], &state).rebirth != nil)
        #expect(try self.send("spBv1.0/G/NDATA/B", [Wire.metric(nil, alias: 1, 5)], &state).rebirth == nil)
        let later = arrival + .seconds(10)
        #expect(try self.send("spBv1.0/G/NDATA/B", [Wire.metric(nil, alias: 1, 5)], at: later, &state).rebirth != nil)
        #expect(state.nodeCount == 1)
    }

    @Test("a node has a bounded number of devices")
    func devices() throws {
        var state = self.limits { $0.devicesPerNodeMax = 1 }
        _ = try self.send("spBv1.0/G/NBIRTH/A", [], &state)
        #expect(try self.send("spBv1.0/G/DBIRTH/A/1", [Wire.metric("v", alias: 1, 5)], &state).deadLetter == nil)
        let reason = try self.send("spBv1.0/G/DBIRTH/A/2", [Wire.metric("v", alias: 1, 5)], &state).deadLetter
        #expect(reason == "the birth certificate is not kept: the edge node has more than 1 devices")
        #expect(try self.send("spBv1.0/G/DBIRTH/A/1", [Wire.metric("w", alias: 1, 5)], &state).deadLetter == nil)
    }

    @Test("the metrics of all certificates are bounded; a new birth of the same node counts instead of its old one")
    func metrics() throws {
        var state = self.limits { $0.metricsMax = 2 }
        let two = [Wire.metric("a", alias: 1, 5), Wire.metric("b", alias: 2, 5)]
        for _ in 0..<3 { #expect(try self.send("spBv1.0/G/NBIRTH/A", two, &state).deadLetter == nil) }
        #expect(state.metricCount == 2)
        let reason = try self.send("spBv1.0/G/DBIRTH/A/1", [Wire.metric("c", alias: 3, 5)], &state).deadLetter
        #expect(
            reason
                == "the birth certificate is not kept: the birth certificates of all edge nodes hold more than 2 metrics"
        )
        #expect(state.metricCount == 2)
    }

    @Test("all nodes together are asked at most fifty times a second")
    func rebirths() throws {
        var state = SparkplugState()
        let asked = try (0..<60).filter { index in
            try self.send("spBv1.0/G/NDATA/N\(index)", [Wire.metric(nil, alias: 1, 5)], &state).rebirth != nil
        }
        #expect(asked == Array(0..<50))
        let later = try self.send(
            "spBv1.0/G/NDATA/N59",
            [Wire.metric(nil, alias: 1, 5)],
            at: arrival + .seconds(1),
            &state
        )
        #expect(later.rebirth != nil)
    }

    @Test("a clock that was set back does not stop the asking")
    func clockSetBack() throws {
        var state = SparkplugState()
        #expect(try self.send("spBv1.0/G/NDATA/N", [Wire.metric(nil, alias: 1, 5)], &state).rebirth != nil)
        let before = arrival + .seconds(-3_600)
        #expect(try self.send("spBv1.0/G/NDATA/N", [Wire.metric(nil, alias: 1, 5)], at: before, &state).rebirth != nil)
    }

    @Test("a message has at most 16384 metrics", arguments: [16_384, 16_385])
    func metricsOfMessage(count: Int) throws {
        var state = SparkplugState()
        let outcome = try self.send("spBv1.0/G/NDATA/N", [[UInt8]](repeating: [], count: count), &state)
        let expected =
            count == 16_384
            ? "no birth certificate of G:N defines the metric “”, and 16383 more"
            : "the message has 16385 metrics; at most 16384 are read"
        #expect(outcome.deadLetter == expected)
    }

    @Test("a metric's name has at most 256 bytes; one with more is left out, its alias too", arguments: [256, 257])
    func names(bytes: Int) throws {
        var state = SparkplugState()
        let name = String(repeating: "n", count: bytes)
        let birth = try self.send("spBv1.0/G/NBIRTH/N", [Wire.metric(name, alias: 1, 5)], seq: 0, &state)
        #expect(birth.leftOut == (bytes == 256 ? 0 : 1))
        let data = try self.send("spBv1.0/G/NDATA/N", [Wire.metric(nil, alias: 1, 6)], seq: 1, &state)
        #expect(data.records.count == (bytes == 256 ? 1 : 0))
        #expect(data.leftOut == (bytes == 256 ? 0 : 1))
        #expect(data.rebirth == nil && data.deadLetter == nil)
    }

    @Test("a message of many long names is several records, and one beyond 1 MiB of telemetry a dead letter")
    func growth() throws {
        var state = SparkplugState()
        for part in 0..<10 {
            let metrics = (0..<500).map { index in
                Wire.metric("\(part)-\(index)" + String(repeating: "n", count: 240), alias: UInt8(index % 128), 5)
            }
            // The aliases repeat: the last name of each stays.
            _ = try self.send("spBv1.0/G/DBIRTH/N/\(part)", metrics, &state)
        }
        let few = [[UInt8]](repeating: Wire.metric(nil, alias: 1, 5), count: 1)
        #expect(try self.send("spBv1.0/G/DDATA/N/1", few, &state).records.count == 1)
        let names = (0..<1_000).map { Wire.metric("\($0)" + String(repeating: "n", count: 240), alias: 1, 5) }
        let several = try self.send("spBv1.0/G/NBIRTH/M", names, &state)
        #expect(several.records.count == 2)
        #expect(several.records.allSatisfy { $0.value.count <= IngestLimits.recordBytesTarget + 512 })
        // 16,000 historical values of one alias, each at its own instant: 7 bytes in, 280 out.
        let long = Wire.metric(String(repeating: "n", count: 250), alias: 1, 5)
        _ = try self.send("spBv1.0/G/NBIRTH/L", [long], &state)
        let base = UInt64(arrival.milliseconds)
        let many = (0..<8_000).map { Wire.metric(nil, alias: 1, 5, time: base - UInt64($0)) }
        let outcome = try self.send("spBv1.0/G/NDATA/L", many, &state)
        #expect(outcome.records.isEmpty)
        #expect(outcome.deadLetter == "its telemetry is larger than 1048576 bytes")
    }
}
