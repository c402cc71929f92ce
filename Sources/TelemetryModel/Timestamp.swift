/// An instant in UTC, in whole milliseconds since 1970-01-01T00:00:00Z.
///
/// Range: years 0000 to 9999, what ISO 8601 can write in four digits. Arithmetic stops at the ends of `Int64` and never
/// traps, so that instants a peer sent can be used as they are.
package struct Timestamp: Hashable, Comparable, Sendable {
    /// Milliseconds since 1970, negative before it.
    package var milliseconds: Int64

    /// An instant from milliseconds since 1970.
    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// An instant from whole seconds since 1970, as SAS tokens write it.
    package init(seconds: Int64) {
        let (milliseconds, overflows) = seconds.multipliedReportingOverflow(by: 1_000)
        self.milliseconds = overflows ? (seconds < 0 ? .min : .max) : milliseconds
    }

    package static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.milliseconds < right.milliseconds
    }

    package static func + (left: Timestamp, right: Duration) -> Timestamp {
        let shift = right.wholeMilliseconds
        let (milliseconds, overflows) = left.milliseconds.addingReportingOverflow(shift)
        return Timestamp(milliseconds: overflows ? (shift < 0 ? .min : .max) : milliseconds)
    }

    package static func - (left: Timestamp, right: Timestamp) -> Duration {
        let (milliseconds, overflows) = left.milliseconds.subtractingReportingOverflow(right.milliseconds)
        return .milliseconds(overflows ? (left < right ? .min : .max) : milliseconds)
    }
}

extension Duration {
    /// The duration in milliseconds, rounded towards zero; the nearest `Int64` when it has none.
    package var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = self.components
        let (whole, overflows) = seconds.multipliedReportingOverflow(by: 1_000)
        let (sum, overflowsToo) = whole.addingReportingOverflow(attoseconds / 1_000_000_000_000_000)
        return overflows || overflowsToo ? (seconds < 0 ? .min : .max) : sum
    }
}

extension Timestamp: CustomStringConvertible {
    /// ISO 8601 with milliseconds and `Z`: `2026-11-21T04:33:00.123Z`.
    package var description: String {
        String(decoding: self.iso8601, as: UTF8.self)
    }
}
