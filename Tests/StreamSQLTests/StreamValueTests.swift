import StreamSQL
import TelemetryJSON
import TelemetryModel
import Testing

@Suite("values: equality, order, checkpoints and JSON")
struct StreamValueTests {
    /// In the total order, equal ones in one line.
    private static let ordered: [[StreamValue]] = [
        [.null],
        [.bit(false)],
        [.bit(true)],
        [.float(-1e300)],
        [.bigint(.min), .float(-9_223_372_036_854_775_808)],
        [.bigint(-1), .float(-1)],
        [.float(-0.5)],
        [.bigint(0), .float(0), .float(-0.0)],
        [.bigint(1), .float(1)],
        [.float(1.5)],
        [.float(9_007_199_254_740_992), .bigint(9_007_199_254_740_992)],
        [.bigint(9_007_199_254_740_993)],
        [.bigint(.max)],
        [.float(9_223_372_036_854_775_808)],
        [.datetime(Timestamp(milliseconds: -1))],
        [.datetime(Timestamp(milliseconds: 0))],
        [.nvarchar("")],
        [.nvarchar("a")],
        [.nvarchar("e\u{301}")],
        [.nvarchar("é")],
        [.array([])],
        [.array([.bigint(1)]), .array([.float(1)])],
        [.array([.bigint(1), .null])],
        [.record(.empty)],
        [
            .record(StreamRecord([("a", .bigint(1)), ("b", .null)])),
            .record(StreamRecord([("b", .null), ("a", .float(1))])),
        ],
        [.record(StreamRecord([("a", .bigint(2)), ("b", .null)]))],
    ]

    @Test("order, equality and hashes agree over all pairs of values")
    func order() {
        for (i, line) in StreamValueTests.ordered.enumerated() {
            for (j, other) in StreamValueTests.ordered.enumerated() {
                for left in line {
                    for right in other {
                        #expect(
                            StreamValue.order(left, right).signum() == (i < j ? -1 : i > j ? 1 : 0),
                            "\(left) \(right)"
                        )
                        #expect((left == right) == (i == j), "\(left) \(right)")
                        if i == j { #expect(left.hashValue == right.hashValue, "\(left) \(right)") }
                    }
                }
            }
        }
    }

    @Test("a checkpoint gives back each value with its type, and damaged bytes are a fault")
    func checkpoint() throws {
        for value in StreamValueTests.ordered.flatMap(\.self) {
            var writer = StateWriter()
            value.write(to: &writer)
            var reader = StateReader(writer.bytes)
            let again = try StreamValue(reading: &reader)
            #expect(again == value && again.type == value.type)
            #expect(reader.isAtEnd)
            for end in 0..<writer.bytes.count {
                #expect(throws: StateReader.Fault.self) {
                    var short = StateReader(Array(writer.bytes[..<end]))
                    _ = try StreamValue(reading: &short)
                }
            }
        }
        var unknown = StateWriter()
        unknown.write(8)
        #expect(throws: StateReader.Fault.self) {
            var reader = StateReader(unknown.bytes)
            _ = try StreamValue(reading: &reader)
        }
        var infinite = StateWriter()
        infinite.write(3)
        infinite.write(Double.infinity)
        #expect(throws: StateReader.Fault.self) {
            var reader = StateReader(infinite.bytes)
            _ = try StreamValue(reading: &reader)
        }
    }

    @Test("JSON keeps its types on the way in and out")
    func json() throws {
        let text = #"{"a":[1,1.0,true,null,"x"],"b":{"c":-0.5},"c":"2026-11-22T00:00:00.000Z"}"#
        let value = StreamValue(try JSONValue(parsing: text))
        var writer = JSONWriter()
        writer.value(value)
        #expect(String(decoding: writer.bytes, as: UTF8.self) == text)
    }

    @Test("what a scanner finds is the value the tree would give")
    func matches() throws {
        let text = Array(#"{"i":7,"f":1.5,"s":"a\u00e9","b":true,"n":null,"o":{"x":[1]}}"#.utf8)
        let names = ["i", "f", "s", "b", "n", "o", "missing"]
        var scanner = JSONPathScanner(paths: names.map { JSONPath(names: $0) }, stopsWhenAllFound: false)
        let tree = StreamValue(try JSONValue(parsing: text))
        try text.withUnsafeBufferPointer { bytes in
            try scanner.scan(bytes)
            for (name, match) in zip(names, scanner.matches) {
                let value = StreamValue(match, in: bytes)
                #expect(value == tree.value(at: JSONPath(names: name)), "\(name)")
                #expect(value.type == tree.value(at: JSONPath(names: name)).type)
            }
        }
    }

    @Test("records with many members find each name, of equal names the first")
    func records() {
        for count in [1, 12, 13, 200] {
            let names = (0..<count).map { "n\($0)" } + ["n0"]
            let record = StreamRecord(StreamFields(names), names.indices.map { .bigint(Int64($0)) })
            for index in 0..<count { #expect(record["n\(index)"] == .bigint(Int64(index))) }
            #expect(record["x"] == nil)
        }
    }
}
