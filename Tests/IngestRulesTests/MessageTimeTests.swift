import IngestRules
import Testing

@Suite("when a message was measured")
struct MessageTimeTests {
    private func time(
        _ value: String,
        _ format: TimeRule.Format,
        offset: Int = 0
    ) throws -> (ts: String, isArrival: Bool) {
        let rule = try SampleRules.rule("t", device: "d") {
            $0.time = TimeRule(path: "at.t", format: format, offsetMinutes: offset)
        }
        let outcome = try decode(#"{"at":{"t":\#(value)},"v":1}"#, by: rule)
        let record = try #require(outcome.records.first)
        let text = String(decoding: record.value, as: UTF8.self)
        #expect(text.hasSuffix(#"","v":1}"#), "the time itself is no value: \(text)")
        let property = IngestProperty(name: IngestProperty.timeName, value: "arrival")
        return (String(text.dropFirst(7).prefix(24)), record.properties.contains(property))
    }

    @Test(
        "every format is read to the millisecond",
        arguments: [
            (#""2026-11-21T11:00:00.5Z""#, TimeRule.Format.iso8601, 0, "2026-11-21T11:00:00.500Z"),
            (#""2026-11-21T11:00:00+01:00""#, .iso8601, 0, "2026-11-21T10:00:00.000Z"),
            (#""2026-11-21T11:00:00""#, .iso8601, 60, "2026-11-21T11:00:00.000Z"),
            (#""2026-11-21T11:00:00""#, .local, 60, "2026-11-21T10:00:00.000Z"),
            (#""2026-11-21T11:00:00""#, .local, -210, "2026-11-21T14:30:00.000Z"),
            (#""2026-11-21T11:00:00Z""#, .local, 60, "2026-11-21T11:00:00.000Z"),
            (#""2026-11-21T11:00:00-02:00""#, .local, 60, "2026-11-21T13:00:00.000Z"),
            ("1795258800", .unixSeconds, 0, "2026-11-21T11:00:00.000Z"),
            ("1795258800.001", .unixSeconds, 0, "2026-11-21T11:00:00.001Z"),
            (#""1795258800""#, .unixSeconds, 0, "2026-11-21T11:00:00.000Z"),
            ("1795258800123", .unixMilliseconds, 0, "2026-11-21T11:00:00.123Z"),
            ("1795258800123999", .unixMicroseconds, 0, "2026-11-21T11:00:00.123Z"),
            ("1795258800123999999", .unixNanoseconds, 0, "2026-11-21T11:00:00.123Z"),
            ("1795258800", .auto, 0, "2026-11-21T11:00:00.000Z"),
            ("1795258800123", .auto, 0, "2026-11-21T11:00:00.123Z"),
            ("1795258800123999", .auto, 0, "2026-11-21T11:00:00.123Z"),
            ("1795258800123999999", .auto, 0, "2026-11-21T11:00:00.123Z"),
            (#""2026-11-21T11:00:00Z""#, .auto, 0, "2026-11-21T11:00:00.000Z"),
        ]
    )
    func formats(value: String, format: TimeRule.Format, offset: Int, expected: String) throws {
        // Local time behind UTC may lie hours ahead of the arrival, which is noon.
        let (ts, isArrival) = try self.time(value, format, offset: offset)
        #expect(ts == expected)
        #expect(!isArrival)
    }

    @Test(
        "what cannot be is the arrival's time, and the record says so",
        arguments: [
            (#""1999-12-31T23:59:59.999Z""#, true), (#""2000-01-01T00:00:00.000Z""#, false),
            (#""2026-11-22T12:00:00.000Z""#, false), (#""2026-11-22T12:00:00.001Z""#, true), (#""yesterday""#, true),
            ("true", true), ("1e400", true), ("-1e300", true), (#""\#(String(repeating: "1", count: 65))""#, true),
        ]
    )
    func plausible(value: String, isArrival: Bool) throws {
        let time = try self.time(value, .auto)
        #expect(time.isArrival == isArrival)
        #expect((time.ts == "2026-11-21T12:00:00.000Z") == isArrival)
    }

    @Test("a message that does not say its time has the arrival's, which is no fault")
    func absent() throws {
        let rule = try SampleRules.rule("t", device: "d") { $0.time = TimeRule(path: "time", format: .auto) }
        for text in [#"{"v":1}"#, #"{"time":null,"v":1}"#] {
            let outcome = try decode(text, by: rule)
            #expect(outcome.values == [#"{"ts":"2026-11-21T12:00:00.000Z","v":1}"#])
            #expect(outcome.records.first?.properties.contains { $0.name == IngestProperty.timeName } == false)
        }
    }
}
