import StreamSQL
import TelemetryModel

/// Runs a tumbling window on a time string: every character is one second, brackets hold one second's things.
///
/// Input: a letter is a value (`a` is 1, `b` is 2, …) stamped with its second unless `stamps` says another; `-` is a second that
/// passes on the device's clock; `.` a second of which the device tells nothing; `!` asks for early results; `|` ends the
/// stream and gives what is open. Output: what `show` makes of each result, `L` for a late value, `|` for the end.
struct TimeString {
    var settings: TumblingWindows.Settings
    var stamps: [Character: Int64] = [:]
    var show: (WindowResult) -> String = { "\($0.aggregate.count)" }

    init(size: Int64, lateness: Int64 = 0) {
        self.settings = TumblingWindows.Settings(size: .seconds(size), lateness: .seconds(lateness))
    }

    func run(_ input: String) -> String {
        var windows = TumblingWindows()
        var output = ""
        for (second, things) in TimeString.seconds(of: input).enumerated() {
            var shown: [String] = []
            for thing in things {
                let time = Timestamp(seconds: self.stamps[thing] ?? Int64(second))
                var results: [WindowResult] = []
                var isLate = false
                switch thing {
                case ".": break
                case "-": windows.passed(time, settings: self.settings, closed: &results)
                case "!", "|": windows.emitOpen(settings: self.settings, into: &results)
                default:
                    if let slot = windows.received(at: time, settings: self.settings, closed: &results) {
                        windows.add(TimeString.value(of: thing), key: 0, to: slot)
                    } else {
                        isLate = true
                    }
                }
                shown += results.map(self.show)
                if isLate { shown.append("L") }
                if thing == "|" { shown.append("|") }
            }
            output += shown.isEmpty ? "-" : shown.count == 1 ? shown[0] : "[\(shown.joined())]"
        }
        return output
    }

    static func value(of letter: Character) -> Double {
        Double(letter.asciiValue ?? 96) - 96
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
