import StreamSQL
import TelemetryJSON
import TelemetryModel

/// Runs a query on time strings, one for each device: every character is one second, brackets hold one second's things.
///
/// Input: a letter is an event with that value (`a` is 1) stamped with its second unless `stamps` says another; a capital is
/// the same as backlog; `-` is a second without event. The log's clock ticks at every second, after its events. Output: for
/// each second the results in order: what `show` makes of each, `~` before an early one, `^` before a correction and `?`
/// behind one that may lack rows; `L`, `O`, `E` for what is late, out of order or early; `-` for nothing.
struct QueryString {
    var plan: QueryPlan
    var environment = QueryEnvironment()
    var stamps: [Character: Int64] = [:]
    var show: (QueryResult) -> String = { String(decoding: $0.record.values[0].json, as: UTF8.self) }

    init(_ plan: QueryPlan, late: Int64 = 100, outOfOrder: Int64 = 0, action: TimePolicy.Action = .drop) {
        self.plan = plan
        self.environment.options.time = TimePolicy(
            late: .seconds(late),
            outOfOrder: .seconds(outOfOrder),
            early: .seconds(10),
            action: action
        )
    }

    func run(_ inputs: String...) throws -> String {
        var query = try StreamQuery(self.plan, environment: self.environment)
        let devices = inputs.map { QueryString.seconds(of: $0) }
        var offset: Int64 = 0
        var output = ""
        for second in 0..<(devices.map(\.count).max() ?? 0) {
            var given = QueryOutput()
            for (device, seconds) in devices.enumerated() where second < seconds.count {
                for thing in seconds[second] where thing.isLetter {
                    self.record(thing, second: second, device: device, offset: offset).give(to: &query, &given)
                    offset += 1
                }
            }
            query.advance(to: Timestamp(milliseconds: Int64(second) * 1_000 + 500), output: &given)
            let shown = given.results.map { self.text(of: $0) } + given.deadLetters.map { QueryString.letter(of: $0) }
            output += shown.isEmpty ? "-" : shown.count == 1 ? shown[0] : "[\(shown.joined(separator: " "))]"
        }
        return output
    }

    private func record(_ thing: Character, second: Int, device: Int, offset: Int64) -> TestRecord {
        let value = Int64(thing.lowercased().utf8.first ?? 96) - 96
        let time = Timestamp(seconds: self.stamps[thing] ?? Int64(second))
        return TestRecord(
            offset: offset,
            enqueued: Int64(second) * 1_000,
            device: "d\(device)",
            payload: #"{"ts":"\#(time)","v":\#(value)}"#,
            isHistorical: thing.isUppercase
        )
    }

    private func text(of result: QueryResult) -> String {
        switch result.kind {
        case .final: self.show(result)
        case .early: "~" + self.show(result)
        case .correction: "^" + self.show(result)
        case .partialCorrection: "^" + self.show(result) + "?"
        }
    }

    private static func letter(of deadLetter: QueryDeadLetter) -> String {
        switch deadLetter.cause {
        case .late: "L"
        case .outOfOrder: "O"
        case .early: "E"
        case .notJSON, .fault, .limit: "!\(deadLetter.reason)!"
        }
    }

    private static func seconds(of input: String) -> [[Character]] {
        var seconds: [[Character]] = []
        var isInBrackets = false
        for character in input {
            switch character {
            case "[":
                isInBrackets = true
                seconds.append([])
            case "]": isInBrackets = false
            default:
                if isInBrackets { seconds[seconds.count - 1].append(character) } else { seconds.append([character]) }
            }
        }
        return seconds
    }
}

extension StreamValue {
    var json: [UInt8] {
        var writer = JSONWriter()
        writer.value(self)
        return writer.bytes
    }
}
