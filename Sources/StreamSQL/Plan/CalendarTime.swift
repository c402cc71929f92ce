internal import TelemetryModel

/// An instant in UTC as the parts of a date and a time.
struct CalendarTime {
    var year: Int64
    /// 1 to 12.
    var month: Int64
    /// 1 to 31.
    var day: Int64
    /// Milliseconds since midnight.
    var inDay: Int64
    /// Days since 1970-01-01.
    var dayNumber: Int64

    /// The parts of an instant.
    init(_ time: Timestamp) {
        self.dayNumber = TimeUnit.quotient(time.milliseconds, 86_400_000)
        self.inDay = time.milliseconds &- self.dayNumber &* 86_400_000
        (self.year, self.month, self.day) = CivilDate.from(daysSince1970: self.dayNumber)
    }

    /// 1 for Sunday to 7 for Saturday.
    var weekday: Int64 { TimeUnit.index7(self.dayNumber + 4) + 1 }

    /// 1 for the first of January.
    var dayOfYear: Int64 { self.dayNumber - CivilDate.daysSince1970(year: self.year, month: 1, day: 1) + 1 }

    /// 1 for the week with the first of January; weeks begin on Sunday.
    var week: Int64 {
        let first = CivilDate.daysSince1970(year: self.year, month: 1, day: 1)
        return (self.dayOfYear - 1 + TimeUnit.index7(first + 4)) / 7 + 1
    }
}

extension TimeUnit {
    /// The remainder of a division by 7, never negative.
    fileprivate static func index7(_ value: Int64) -> Int64 {
        let remainder = value % 7
        return remainder < 0 ? remainder + 7 : remainder
    }
}
