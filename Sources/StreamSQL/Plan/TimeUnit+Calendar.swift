internal import TelemetryModel

extension TimeUnit {
    /// The number of the unit's interval that holds an instant, counted from some instant that is the same for all.
    func index(of time: Timestamp) -> Int64 {
        let milliseconds = time.milliseconds
        switch self {
        case .year:
            return CalendarTime(time).year
        case .quarter:
            let calendar = CalendarTime(time)
            return calendar.year * 4 + (calendar.month - 1) / 3
        case .month:
            let calendar = CalendarTime(time)
            return calendar.year * 12 + calendar.month - 1
        case .dayOfYear, .day, .weekday: return TimeUnit.quotient(milliseconds, 86_400_000)
        // 1970-01-01 was a Thursday.
        case .week: return TimeUnit.quotient(TimeUnit.quotient(milliseconds, 86_400_000) + 4, 7)
        case .hour: return TimeUnit.quotient(milliseconds, 3_600_000)
        case .minute: return TimeUnit.quotient(milliseconds, 60_000)
        case .second: return TimeUnit.quotient(milliseconds, 1_000)
        case .millisecond: return milliseconds
        case .microsecond:
            let (product, overflows) = milliseconds.multipliedReportingOverflow(by: 1_000)
            return overflows ? (milliseconds < 0 ? .min : .max) : product
        }
    }

    /// The quotient rounded down.
    static func quotient(_ value: Int64, _ divisor: Int64) -> Int64 {
        let quotient = value / divisor
        return value % divisor < 0 ? quotient - 1 : quotient
    }
}
