import StreamSQL
import TelemetryModel
import TestSupport
import Testing

@Suite("windows against a model that looks at all events")
struct QueryModelTests {
    private struct Event {
        var time: Int64
        var device: Int
        var value: Int64
    }

    private static func events(_ generator: inout SeededGenerator) -> [Event] {
        var time: Int64 = 1_000_000
        return (0..<200).map { _ in
            time += Int64.random(in: 0...1_500, using: &generator)
            let device = Int.random(in: 0...2, using: &generator)
            return Event(time: time, device: device, value: Int64.random(in: -9...9, using: &generator))
        }
    }

    /// The results of a query, by end, device and value.
    private static func run(_ window: String, _ events: [Event]) throws -> Set<String> {
        let sql = "SELECT device, COUNT(*) AS c, SUM(v) AS s, MAX(v) AS m INTO o FROM t GROUP BY device, \(window)"
        var query = try StreamQuery(try SQLCase.plan(sql), environment: SQLCase.environment())
        var output = QueryOutput()
        for (offset, event) in events.enumerated() {
            TestRecord(
                offset: Int64(offset),
                enqueued: event.time,
                device: "\(event.device)",
                payload: #"{"v":\#(event.value)}"#
            ).give(to: &query, &output)
        }
        query.advance(to: query.clock + .seconds(1_000), output: &output)
        #expect(query.byteCount < 1_000 || window.hasPrefix("T") || window.hasPrefix("H"))
        return Set(output.results.map { "\($0.time) \(String(decoding: $0.json, as: UTF8.self))" })
    }

    /// What every window that ends at one of `ends` holds.
    private static func model(_ events: [Event], size: Int64, ends: [Int64]) -> Set<String> {
        var lines: Set<String> = []
        for end in ends {
            for device in 0...2 {
                let inside = events.filter { $0.device == device && $0.time > end - size && $0.time <= end }
                guard let most = inside.map(\.value).max() else { continue }
                let sum = inside.reduce(0) { $0 + $1.value }
                let json = #"{"device":"\#(device)","c":\#(inside.count),"s":\#(sum),"m":\#(most)}"#
                lines.insert("\(Timestamp(milliseconds: end)) \(json)")
            }
        }
        return lines
    }

    @Test("tumbling and hopping windows", arguments: [(7, 7), (9, 3), (10, 4), (5, 2)])
    func hopping(size: Int64, hop: Int64) throws {
        var generator = SeededGenerator.announced("hopping \(size) \(hop)")
        for _ in 0..<5 {
            let events = QueryModelTests.events(&generator)
            let window = size == hop ? "TumblingWindow(second, \(size))" : "HoppingWindow(second, \(size), \(hop))"
            let ends = (0...2_000).map { Int64($0) * hop * 1_000 }
            let got = try QueryModelTests.run(window, events)
            #expect(got == QueryModelTests.model(events, size: size * 1_000, ends: ends))
        }
    }

    @Test("sliding windows end where an event of the group enters or leaves")
    func sliding() throws {
        var generator = SeededGenerator.announced()
        for _ in 0..<5 {
            let events = QueryModelTests.events(&generator)
            var expected: Set<String> = []
            for device in 0...2 {
                let own = events.filter { $0.device == device }
                let ends = own.map(\.time) + own.map { $0.time + 4_000 }
                expected.formUnion(QueryModelTests.model(own, size: 4_000, ends: ends))
            }
            let got = try QueryModelTests.run("SlidingWindow(second, 4)", events)
            #expect(got == expected)
        }
    }

    @Test("an aggregate over a duration is that of the events in it", arguments: ["SUM", "COUNT", "MAX", "MIN"])
    func moving(function: String) throws {
        var generator = SeededGenerator.announced("moving \(function)")
        let events = QueryModelTests.events(&generator)
        let sql = "SELECT \(function)(v) OVER (PARTITION BY device LIMIT DURATION(second, 6)) AS s INTO o FROM t"
        var query = try StreamQuery(try SQLCase.plan(sql), environment: SQLCase.environment())
        var output = QueryOutput()
        for (offset, event) in events.enumerated() {
            let payload = #"{"v":\#(event.value)}"#
            TestRecord(offset: Int64(offset), enqueued: event.time, device: "\(event.device)", payload: payload)
                .give(to: &query, &output)
        }
        let expected = events.indices.map { index in
            let now = events[index]
            let inside = events[...index].filter { $0.device == now.device && $0.time > now.time - 6_000 }.map(\.value)
            let value =
                switch function {
                case "SUM": inside.reduce(0, +)
                case "COUNT": Int64(inside.count)
                case "MAX": inside.max() ?? 0
                default: inside.min() ?? 0
                }
            return #"{"s":\#(value)}"#
        }
        #expect(output.results.map { String(decoding: $0.json, as: UTF8.self) } == expected)
    }
}
