import StreamSQL
import TelemetryModel
import TestSupport
import Testing

@testable import StreamEngine

@Suite("detectors as functions of the streams' SQL")
struct DetectorFunctionsTests {
    private static let functions = [
        "AnomalyDetection_SpikeAndDip(v, 99, 60, 'spikesanddips') OVER (PARTITION BY device LIMIT DURATION(hour, 1))",
        "AnomalyDetection_ChangePoint(v, 80, 60) OVER (PARTITION BY device LIMIT DURATION(hour, 1))",
        "Anomaly(v) OVER (PARTITION BY device)",
    ]

    private static func query(_ function: String) throws -> StreamQuery {
        var environment = QueryEnvironment()
        environment.functions = DetectorFunctions()
        return try StreamQuery(try QueryPlan("SELECT device, \(function) AS a FROM t"), environment: environment)
    }

    private static func push(_ json: String, at second: Int64, _ query: inout StreamQuery) -> QueryOutput {
        var output = QueryOutput()
        Array("d".utf8).withUnsafeBufferPointer { device in
            Array(json.utf8).withUnsafeBufferPointer { payload in
                query.receive(
                    StreamEvent(
                        partition: 0,
                        offset: second,
                        enqueued: Timestamp(seconds: 1_763_776_800 + second),
                        device: device,
                        payload: payload
                    ),
                    output: &output
                )
            }
        }
        return output
    }

    private static func anomaly(_ output: QueryOutput) -> StreamValue? {
        guard case .record(let record)? = output.results.first?.record["a"] else { return nil }
        return record["IsAnomaly"]
    }

    @Test(
        "a value far outside is an anomaly of its row, and the usual ones are none",
        arguments: [functions[0], functions[2]]
    )
    func spike(function: String) throws {
        var query = try DetectorFunctionsTests.query(function)
        var random = SeededGenerator(seed: 7)
        var alarms = 0
        for second in 0..<400 {
            let value = 20 + Double.random(in: -1...1, using: &random)
            let output = DetectorFunctionsTests.push(#"{"v":\#(value)}"#, at: Int64(second), &query)
            if DetectorFunctionsTests.anomaly(output) == .bigint(1) { alarms += 1 }
        }
        #expect(alarms <= 20)
        let spike = DetectorFunctionsTests.push(#"{"v":80}"#, at: 400, &query)
        #expect(DetectorFunctionsTests.anomaly(spike) == .bigint(1))
    }

    @Test("another level is a change once")
    func change() throws {
        var query = try DetectorFunctionsTests.query(DetectorFunctionsTests.functions[1])
        var random = SeededGenerator(seed: 7)
        var changes: [Int] = []
        for second in 0..<300 {
            let value = (second < 200 ? 20 : 30) + Double.random(in: -1...1, using: &random)
            let output = DetectorFunctionsTests.push(#"{"v":\#(value)}"#, at: Int64(second), &query)
            if DetectorFunctionsTests.anomaly(output) == .bigint(1) { changes.append(second) }
        }
        #expect(changes.filter { (200..<230).contains($0) }.count == 1, "\(changes)")
    }

    @Test("a restored query goes on with the same results, whatever the function", arguments: functions)
    func restore(function: String) throws {
        var query = try DetectorFunctionsTests.query(function)
        var random = SeededGenerator(seed: 11)
        for second in 0..<200 {
            let value = 20 + Double.random(in: -1...1, using: &random)
            let output = DetectorFunctionsTests.push(#"{"v":\#(value)}"#, at: Int64(second), &query)
            guard second.isMultiple(of: 23) else { continue }
            var state = StateWriter()
            query.snapshot(into: &state)
            var restored = try DetectorFunctionsTests.query(function)
            var reader = StateReader(state.bytes)
            try restored.restore(&reader)
            let next = #"{"v":\#(value + 3)}"#
            var copy = query
            let expected = DetectorFunctionsTests.push(next, at: Int64(second), &copy).results.map(\.json)
            #expect(DetectorFunctionsTests.push(next, at: Int64(second), &restored).results.map(\.json) == expected)
            #expect(output.results.count == 1)
        }
    }

    @Test("no number: NULL is passed over, a text is a dead letter")
    func noNumber() throws {
        var query = try DetectorFunctionsTests.query(DetectorFunctionsTests.functions[2])
        #expect(DetectorFunctionsTests.push(#"{"w":1}"#, at: 0, &query).results.first?.record["a"] == .null)
        let text = DetectorFunctionsTests.push(#"{"v":"warm"}"#, at: 1, &query)
        #expect(text.results.isEmpty && text.deadLetters.first?.reason.contains("needs a number") == true)
    }
}
