import StreamSQL
import TelemetryModel
import TestSupport
import Testing

@Suite("tumbling windows over event time, in time strings")
struct TumblingWindowsTests {
    @Test(
        "a window of three seconds counts what falls in it and closes when time reaches its end",
        arguments: [
            ("a-b---c|", "---2---[1|]"),
            ("abc", "---"),
            ("abcd", "---3"),
            ("abc-", "---3"),
            ("abc......d", "---------3"),
            ("--a|", "---[1|]"),
            ("---|", "---|"),
            ("--[ab]--[cd]|", "---2--[2|]"),
            ("a..b..c..d|", "---1--1--1[1|]"),
            ("[abc]--[def]", "---3"),
        ]
    )
    func counts(input: String, expected: String) {
        #expect(TimeString(size: 3).run(input) == expected)
    }

    @Test("a value on the edge belongs to the window that begins there")
    func edge() {
        var strings = TimeString(size: 3)
        strings.show = { "\($0.start.milliseconds / 1_000)+\($0.aggregate.count)" }
        #expect(strings.run("--ab--|") == "---0+1--[3+1|]")
    }

    @Test(
        "within the tolerance a value that comes late still counts; beyond it, it is late and changes nothing",
        arguments: [
            // z is stamped second 1; the window of seconds 0 to 2 closes `tolerance` after its end.
            (2, "abc-z-", "-----4"),
            (1, "abc-z-", "-----4"),
            (1, "abc--z", "----3L"),
            (0, "abc-z-", "---3L-"),
            (2, "a.......z|", "---------[2|]"),
            (2, "a.......-z|", "--------1L|"),
        ]
    )
    func lateness(tolerance: Int64, input: String, expected: String) {
        var strings = TimeString(size: 3, lateness: tolerance)
        strings.stamps = ["z": 1]
        #expect(strings.run(input) == expected)
    }

    @Test("a value that runs ahead closes what it passes; those behind it are late")
    func ahead() {
        var strings = TimeString(size: 3)
        strings.stamps = ["z": 100]
        #expect(strings.run("az.c|") == "-1-L[1|]")
    }

    @Test("one device's lateness delays nobody: each has its own watermark")
    func devices() {
        var late = TimeString(size: 3, lateness: 2)
        late.stamps = ["z": 1]
        #expect(late.run("a..........z|") == "------------[2|]")
        #expect(TimeString(size: 3, lateness: 2).run("a-b--c-----d|") == "-----2--1---[1|]")
    }

    @Test("early results are replaced by a later one of a higher revision, if values follow")
    func early() {
        var strings = TimeString(size: 4)
        strings.show = { "\($0.aggregate.count)r\($0.revision)" }
        #expect(strings.run("ab!c-") == "--2r1-3r2")
        #expect(strings.run("ab!!-") == "--2r1--")
        #expect(strings.run("ab!c!") == "--2r1-3r2")
    }

    @Test("every value is in exactly one window or late, whatever the order of the instants")
    func conservation() {
        var random = SeededGenerator.announced("conservation")
        for _ in 0..<200 {
            let settings = TumblingWindows.Settings(
                size: .milliseconds(Int64.random(in: 1...5_000, using: &random)),
                lateness: .milliseconds(Int64.random(in: 0...5_000, using: &random))
            )
            var windows = TumblingWindows()
            var results: [WindowResult] = []
            var expected: [Int64: (count: Int64, sum: Double)] = [:]
            var watermark = Int64.min
            var time: Int64 = Int64.random(in: -20_000...20_000, using: &random)
            for _ in 0..<200 {
                time += Int64.random(in: -3_000...4_000, using: &random)
                let value = Double(Int.random(in: 0...9, using: &random))
                let slot = windows.received(at: Timestamp(milliseconds: time), settings: settings, closed: &results)
                watermark = max(watermark, time - settings.lateness)
                let start = Int64((Double(time) / Double(settings.size)).rounded(.down)) * settings.size
                #expect((slot == nil) == (start + settings.size <= watermark))
                guard let slot else { continue }
                windows.add(value, key: 3, to: slot)
                expected[start, default: (0, 0)].count += 1
                expected[start, default: (0, 0)].sum += value
                #expect(windows.openCount <= settings.lateness / settings.size + 2)
            }
            windows.emitOpen(settings: settings, into: &results)
            #expect(results.map(\.start) == results.map(\.start).sorted())
            #expect(results.allSatisfy { $0.key == 3 && $0.revision == 1 })
            let found = results.map { [$0.start.milliseconds, $0.aggregate.count, Int64($0.end - $0.start, in: 1)] }
            #expect(found == expected.sorted { $0.key < $1.key }.map { [$0.key, $0.value.count, settings.size] })
            for result in results {
                let mean = expected[result.start.milliseconds].map { $0.sum / Double($0.count) } ?? .nan
                #expect(abs(result.aggregate.mean - mean) < 1e-12)
            }
        }
    }

    @Test("keys of one device close together, by key")
    func keys() throws {
        let settings = TumblingWindows.Settings(size: .seconds(3), lateness: .zero)
        var windows = TumblingWindows()
        var results: [WindowResult] = []
        let slot = try #require(windows.received(at: Timestamp(seconds: 0), settings: settings, closed: &results))
        windows.add(5, key: 2, to: slot)
        windows.add(7, key: 0, to: slot)
        windows.passed(Timestamp(seconds: 3), settings: settings, closed: &results)
        #expect(results.map(\.key) == [0, 2])
        #expect(results.map(\.aggregate.mean) == [7, 5])
        // The next window reuses the memory and none of the values.
        results = []
        let next = try #require(windows.received(at: Timestamp(seconds: 4), settings: settings, closed: &results))
        windows.add(1, key: 1, to: next)
        windows.emitOpen(settings: settings, into: &results)
        #expect(results.map(\.key) == [1])
    }

    @Test(
        "instants at the ends of time do not trap",
        arguments: [Int64.min, Int64.min + 1, -1, 0, 1, Int64.max - 1, Int64.max]
    )
    func extremes(milliseconds: Int64) {
        let settings = TumblingWindows.Settings()
        var windows = TumblingWindows()
        var results: [WindowResult] = []
        if let slot = windows.received(at: Timestamp(milliseconds: milliseconds), settings: settings, closed: &results)
        {
            windows.add(1, key: 0, to: slot)
        }
        windows.passed(Timestamp(milliseconds: .max), settings: settings, closed: &results)
        windows.passed(Timestamp(milliseconds: .min), settings: settings, closed: &results)
        #expect(results.count <= 1)
    }

    @Test("restored from a checkpoint at any value, the windows go on as if nothing had happened")
    func checkpoint() throws {
        var random = SeededGenerator.announced("checkpoint")
        let settings = TumblingWindows.Settings(size: .seconds(3), lateness: .seconds(4))
        var windows = TumblingWindows()
        var restored = TumblingWindows()
        var results: [WindowResult] = []
        var restoredResults: [WindowResult] = []
        for step in 0..<500 {
            let time = Timestamp(milliseconds: Int64(step) * 700 + Int64.random(in: -5_000...0, using: &random))
            let key = Int.random(in: 0...2, using: &random)
            if let slot = windows.received(at: time, settings: settings, closed: &results) {
                windows.add(Double(step), key: key, to: slot)
            }
            if let slot = restored.received(at: time, settings: settings, closed: &restoredResults) {
                restored.add(Double(step), key: key, to: slot)
            }
            var state = StateWriter()
            restored.write(to: &state)
            var reader = StateReader(state.bytes)
            restored = try TumblingWindows(reading: &reader)
            #expect(reader.isAtEnd)
        }
        #expect(results.count > 100)
        #expect(results == restoredResults)
    }

    @Test("a damaged checkpoint is a fault or another state, never a trap")
    func damage() throws {
        var windows = TumblingWindows()
        var results: [WindowResult] = []
        let settings = TumblingWindows.Settings(size: .seconds(3), lateness: .seconds(9))
        for second in [Int64(3), 6, 9] {
            let slot = windows.received(at: Timestamp(seconds: second), settings: settings, closed: &results)
            windows.add(1, key: 1, to: try #require(slot))
        }
        var state = StateWriter()
        windows.write(to: &state)
        for index in state.bytes.indices {
            for bit in 0..<8 {
                var bytes = state.bytes
                bytes[index] ^= 1 << UInt8(bit)
                var reader = StateReader(bytes)
                guard var damaged = try? TumblingWindows(reading: &reader) else { continue }
                _ = damaged.received(at: Timestamp(seconds: 20), settings: settings, closed: &results)
                damaged.emitOpen(settings: settings, into: &results)
            }
            var cut = StateReader(Array(state.bytes[..<index]))
            #expect(throws: StateReader.Fault.self) { try TumblingWindows(reading: &cut) }
        }
    }
}

extension Int64 {
    /// The duration in units of so many milliseconds.
    fileprivate init(_ duration: Duration, in milliseconds: Int64) {
        self = duration.wholeMilliseconds / milliseconds
    }
}
