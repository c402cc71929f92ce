import StreamEngine
import TelemetryModel
import TestSupport
import Testing

@Suite("what the stream makes of each record")
struct StreamPipelineTests {
    @Test("a minute's values become one record per channel when the device's time has passed it")
    func windows() {
        var harness = PipelineHarness()
        harness.feed("m1", #"{"ts":"1970-01-01T00:00:10Z","t":20.5,"h":40}"#, at: 100)
        harness.feed("m1", #"{"ts":"1970-01-01T00:00:59.999Z","t":21.5}"#, at: 101)
        #expect(harness.feed("m1", #"{"ts":"1970-01-01T00:01:09.999Z","t":1}"#, at: 102).isEmpty)
        let results = harness.feed("m1", #"{"ts":"1970-01-01T00:01:10Z","t":1}"#, at: 103)
        #expect(
            results.map(\.text) == [
                #"{"device":"m1","channel":"t","start":"1970-01-01T00:00:00.000Z","end":"1970-01-01T00:01:00.000Z","count":2,"mean":21.0,"min":20.5,"max":21.5,"revision":1}"#,
                #"{"device":"m1","channel":"h","start":"1970-01-01T00:00:00.000Z","end":"1970-01-01T00:01:00.000Z","count":1,"mean":40.0,"min":40.0,"max":40.0,"revision":1}"#,
            ]
        )
        #expect(results.map(\.source.ordinal) == [0, 1])
        #expect(results.allSatisfy { $0.output == .windows && $0.key == Array("m1".utf8) && $0.source.offset == 3 })
        #expect(harness.pipeline.counts.windows == 2)
    }

    @Test("a device that is late or far behind delays no other")
    func watermarks() {
        var harness = PipelineHarness()
        harness.feed("slow", #"{"ts":"1970-01-01T00:00:10Z","t":1}"#, at: 500)
        harness.feed("fast", #"{"ts":"1970-01-01T00:05:00Z","t":1}"#, at: 501)
        harness.feed("slow", #"{"ts":"1970-01-01T00:00:20Z","t":1}"#, at: 502)
        let closed = harness.feed("fast", #"{"ts":"1970-01-01T00:06:10Z","t":1}"#, at: 503)
        #expect(closed.count == 1)
        #expect(harness.pipeline.counts.lateReadings == 0)
        harness.feed("slow", #"{"ts":"1970-01-01T00:01:10Z","t":1}"#, at: 504)
        #expect(harness.results.count == 2)
        #expect(harness.results.last?.text.contains(#""count":2"#) == true)
    }

    @Test("a reading for a closed window is counted late, and still reaches the detector")
    func late() {
        var harness = PipelineHarness()
        harness.feed("m", #"{"ts":"1970-01-01T00:02:00Z","t":1}"#, at: 200)
        harness.feed("m", #"{"ts":"1970-01-01T00:00:59Z","t":1}"#, at: 201)
        #expect(harness.pipeline.counts.lateReadings == 1)
        #expect(harness.pipeline.counts.values == 2)
        #expect(harness.results.isEmpty)
    }

    @Test(
        "event time is ts, unless it is missing, unreadable or more than five minutes ahead",
        arguments: [
            (#"{"t":1}"#, "1970-01-01T00:16:00.000Z", 0), (#"{"ts":"x","t":1}"#, "1970-01-01T00:16:00.000Z", 1),
            (#"{"ts":"1970-01-01T00:21:40.000Z","t":1}"#, "1970-01-01T00:21:00.000Z", 0),
            (#"{"ts":"1970-01-01T00:21:40.001Z","t":1}"#, "1970-01-01T00:16:00.000Z", 1),
            (#"{"ts":"9999-12-31T23:59:59Z","t":1}"#, "1970-01-01T00:16:00.000Z", 1),
            (#"{"ts":"0000-01-01T00:00:00Z","t":1}"#, "0000-01-01T00:00:00.000Z", 0),
        ]
    )
    func eventTime(payload: String, start: String, wrongClocks: Int64) {
        var harness = PipelineHarness()
        harness.feed("m", payload, at: 1_000)
        #expect(harness.pipeline.counts.wrongClocks == wrongClocks)
        // Somebody else's record, a minute later in the log, shows the silent device's window.
        harness.feed("other", "{}", at: 1_060)
        #expect(harness.results.first?.text.contains("\"start\":\"\(start)\"") == true)
    }

    @Test("a device silent for a minute has its open windows written; what comes after is a higher revision")
    func idle() {
        var harness = PipelineHarness()
        harness.feed("m", #"{"ts":"1970-01-01T00:00:10Z","t":1}"#, at: 10)
        #expect(harness.feed("other", "{}", at: 69.999).isEmpty)
        let early = harness.feed("other", "{}", at: 70)
        #expect(early.count == 1)
        #expect(early.first?.key == Array("m".utf8))
        #expect(early.first?.text.hasSuffix(#""count":1,"mean":1.0,"min":1.0,"max":1.0,"revision":1}"#) == true)
        #expect(harness.feed("other", "{}", at: 140).isEmpty)
        harness.feed("m", #"{"ts":"1970-01-01T00:00:20Z","t":3}"#, at: 150)
        let final = harness.feed("m", #"{"ts":"1970-01-01T00:01:10Z","t":1}"#, at: 151)
        #expect(final.first?.text.hasSuffix(#""count":2,"mean":2.0,"min":1.0,"max":3.0,"revision":2}"#) == true)
    }

    @Test("what is not JSON becomes a dead letter with its reason and stops nothing")
    func deadLetters() {
        var harness = PipelineHarness()
        let bytes: [UInt8] = [0x7B, 0xFF, 0x00]
        let results = harness.feed("m", bytes, at: 1)
        #expect(results.count == 1)
        #expect(results.first?.output == .deadLetter)
        #expect(results.first?.value == bytes)
        #expect(results.first?.reason == "not JSON: unexpected byte 0xff at byte 1")
        #expect(harness.feed("m", "", at: 2).first?.reason == "not JSON: the JSON text ends too early at byte 0")
        harness.feed("m", #"{"t":1}"#, at: 3)
        #expect(harness.pipeline.counts.deadLetters == 2)
        #expect(harness.pipeline.counts.values == 1)
    }

    @Test(
        "JSON that is no telemetry, and records without a key, are counted and left alone",
        arguments: ["42", "\"x\"", "[1]", "null"]
    )
    func ignored(payload: String) {
        var harness = PipelineHarness()
        #expect(harness.feed("m", payload, at: 1).isEmpty)
        #expect(harness.feed(nil, #"{"t":1}"#, at: 2).isEmpty)
        #expect(harness.pipeline.counts.ignored == 2)
        #expect(harness.pipeline.deviceCount == 0)
    }

    @Test("an object without numbers makes no device", arguments: ["{}", "[]", #"{"s":"x"}"#, #"{"ts":"1970-01-01"}"#])
    func empty(payload: String) {
        var harness = PipelineHarness()
        #expect(harness.feed("m", payload, at: 1).isEmpty)
        #expect(harness.pipeline.deviceCount == 0)
        #expect(harness.pipeline.counts == StreamCounts(records: 1))
    }

    @Test("a device has at most as many channels as allowed; others' values are dropped and counted")
    func channelLimit() {
        var configuration = StreamConfiguration(checkpointDirectory: "/nowhere")
        configuration.channelsPerDeviceMax = 3
        var harness = PipelineHarness(configuration)
        harness.feed("m", #"{"a":1,"b":2,"c":3}"#, at: 1)
        harness.feed("m", #"{"d":1,"c":2,"a":3}"#, at: 2)
        #expect(harness.pipeline.seriesCount == 3)
        #expect(harness.pipeline.counts.refusedValues == 1)
        #expect(harness.pipeline.counts.values == 5)
    }

    @Test("when all series are taken the device silent longest makes room, after its windows were written")
    func seriesLimit() {
        var configuration = StreamConfiguration(checkpointDirectory: "/nowhere")
        configuration.seriesMax = 4
        var harness = PipelineHarness(configuration)
        harness.feed("a", #"{"x":1,"y":1}"#, at: 1)
        harness.feed("b", #"{"x":1,"y":1}"#, at: 2)
        harness.feed("a", #"{"x":2}"#, at: 3)
        let results = harness.feed("c", #"{"x":1}"#, at: 4)
        #expect(results.map { String(decoding: $0.key, as: UTF8.self) } == ["b", "b"])
        #expect(harness.pipeline.deviceCount == 2)
        #expect(harness.pipeline.seriesCount == 3)
        #expect(harness.pipeline.counts.evictedDevices == 1)
        // One device alone may not push itself out.
        configuration.seriesMax = 1
        var single = PipelineHarness(configuration)
        single.feed("a", #"{"x":1,"y":1}"#, at: 1)
        #expect(single.pipeline.seriesCount == 1)
        #expect(single.pipeline.counts.refusedValues == 1)
    }

    @Test("restored after any record, the results are the same as in one go")
    func restored() throws {
        var random = SeededGenerator.announced("restored")
        for seed in [UInt64(1), 2, 3, 4, 5] {
            var configuration = StreamConfiguration(checkpointDirectory: "/nowhere")
            configuration.seriesMax = 16
            var whole = PipelineHarness(configuration)
            var parts = PipelineHarness(configuration)
            var workload = Workload(seed: seed)
            for _ in 0..<800 {
                let record = workload.next()
                whole.feed(record.device, record.payload, at: Double(record.time) / 1_000)
                parts.feed(record.device, record.payload, at: Double(record.time) / 1_000)
                if Int.random(in: 0..<4, using: &random) == 0 { try parts.restore() }
            }
            #expect(whole.results.count > 200)
            for output in StreamResult.Output.allCases { #expect(whole.results.contains { $0.output == output }) }
            for (one, other) in zip(whole.results, parts.results) { #expect(one == other) }
            #expect(whole.results.count == parts.results.count)
        }
    }

    @Test("a damaged state is a fault or another state, never a trap")
    func damagedState() throws {
        var random = SeededGenerator.announced("damagedState")
        var harness = PipelineHarness()
        var workload = Workload(seed: 1)
        for _ in 0..<100 {
            let record = workload.next()
            harness.feed(record.device, record.payload, at: Double(record.time) / 1_000)
        }
        var state = StateWriter()
        harness.pipeline.write(to: &state)
        for _ in 0..<2_000 {
            var bytes = state.bytes
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            }
            if Bool.random(using: &random) { bytes.removeLast(Int.random(in: 0...bytes.count, using: &random)) }
            var reader = StateReader(bytes)
            guard let pipeline = try? StreamPipeline(harness.configuration, reading: &reader) else { continue }
            var damaged = PipelineHarness()
            damaged.pipeline = pipeline
            for number in 0..<6 { damaged.feed("device-\(number)", #"{"temperature":20.1,"humidity":44}"#, at: 2e9) }
            damaged.feed("other", "{}", at: 3e9)
        }
    }
}

extension StreamCounts {
    fileprivate init(records: Int64) {
        self.init()
        self.records = records
    }
}
