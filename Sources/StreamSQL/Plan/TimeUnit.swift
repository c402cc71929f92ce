package import TelemetryModel

/// The units of `DATEDIFF`, `DATEADD`, `DATEPART` and of windows.
///
/// Source: Azure Stream Analytics, DATEDIFF.
package enum TimeUnit: String, CaseIterable, Sendable {
    case year
    case quarter
    case month
    case dayOfYear = "dayofyear"
    case day
    case week
    case weekday
    case hour
    case minute
    case second
    case millisecond
    case microsecond

    /// The abbreviations.
    package var abbreviations: [String] {
        switch self {
        case .year: ["yy", "yyyy"]
        case .quarter: ["qq", "q"]
        case .month: ["mm", "m"]
        case .dayOfYear: ["dy", "y"]
        case .day: ["dd", "d"]
        case .week: ["wk", "ww"]
        case .weekday: ["dw", "w"]
        case .hour: ["hh"]
        case .minute: ["mi", "n"]
        case .second: ["ss", "s"]
        case .millisecond: ["ms"]
        case .microsecond: ["mcs"]
        }
    }

    /// A unit by its name, its plural or an abbreviation, in capitals or not.
    package init?(named name: String) {
        let lower = name.lowercased()
        let found = TimeUnit.allCases.first { unit in
            lower == unit.rawValue || lower == unit.rawValue + "s" || unit.abbreviations.contains(lower)
        }
        guard let found else { return nil }
        self = found
    }

    /// The length, of years and months the longest.
    package var millisecondsMax: Int64 {
        switch self {
        case .year: 366 * 86_400_000
        case .quarter: 92 * 86_400_000
        case .month: 31 * 86_400_000
        case .dayOfYear, .day, .weekday: 86_400_000
        case .week: 7 * 86_400_000
        case .hour: 3_600_000
        case .minute: 60_000
        case .second: 1_000
        case .millisecond, .microsecond: 1
        }
    }

    /// Whether windows and durations can be counted in it: their lengths must always be the same.
    package var isDuration: Bool {
        switch self {
        case .day, .hour, .minute, .second, .millisecond, .microsecond: true
        case .year, .quarter, .month, .dayOfYear, .week, .weekday: false
        }
    }

    /// How many boundaries of the unit lie between two instants, negative when the second is earlier: `DATEDIFF`. Weeks begin on
    /// Sunday; a microsecond is a thousandth of what an instant can tell.
    package func boundaries(from start: Timestamp, to end: Timestamp) -> Int64 {
        let (difference, overflows) = self.index(of: end).subtractingReportingOverflow(self.index(of: start))
        return overflows ? (start < end ? .max : .min) : difference
    }
}
