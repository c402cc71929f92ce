internal import TelemetryModel

/// Functions of instants, all in UTC; a text is read as ISO 8601.
///
/// Source: Azure Stream Analytics, date and time functions.
enum TimeFunctions {
    static let all: [ScalarFunction] = [
        ScalarFunction("DATEADD", 3...3, .unit(TimeFunctions.add)),
        ScalarFunction(
            "DATEDIFF",
            3...3,
            .unit { (unit, arguments) throws(StreamFault) in
                let start = try FunctionArgument.instant(arguments[0], of: "DATEDIFF")
                return .bigint(
                    unit.boundaries(from: start, to: try FunctionArgument.instant(arguments[1], of: "DATEDIFF"))
                )
            }
        ),
        ScalarFunction(
            "DATEPART",
            2...2,
            .unit { (unit, arguments) throws(StreamFault) in
                .bigint(TimeFunctions.part(unit, of: try FunctionArgument.instant(arguments[0], of: "DATEPART")))
            }
        ),
        ScalarFunction(
            "DATENAME",
            2...2,
            .unit { (unit, arguments) throws(StreamFault) in
                let time = try FunctionArgument.instant(arguments[0], of: "DATENAME")
                let part = TimeFunctions.part(unit, of: time)
                return switch unit {
                case .month: .nvarchar(TimeFunctions.months[Int(part) - 1])
                case .weekday: .nvarchar(TimeFunctions.weekdays[Int(part) - 1])
                case .year, .quarter, .dayOfYear, .day, .week, .hour, .minute, .second, .millisecond, .microsecond:
                    .nvarchar(String(part))
                }
            }
        ),
        .one("YEAR") { (value) throws(StreamFault) in
            .bigint(CalendarTime(try FunctionArgument.instant(value, of: "YEAR")).year)
        },
        .one("MONTH") { (value) throws(StreamFault) in
            .bigint(CalendarTime(try FunctionArgument.instant(value, of: "MONTH")).month)
        },
        .one("DAY") { (value) throws(StreamFault) in
            .bigint(CalendarTime(try FunctionArgument.instant(value, of: "DAY")).day)
        },
        ScalarFunction("DATETIMEFROMPARTS", 7...7, .many(TimeFunctions.fromParts)),
    ]

    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]
    private static let weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]

    /// `DATEADD(unit, number, instant)`: a month keeps the day, or takes the month's last.
    @Sendable
    private static func add(_ unit: TimeUnit, _ arguments: [StreamValue]) throws(StreamFault) -> StreamValue {
        let number = try FunctionArgument.integer(arguments[0], of: "DATEADD")
        let time = try FunctionArgument.instant(arguments[1], of: "DATEADD")
        switch unit {
        case .year: return try TimeFunctions.add(months: number, times: 12, to: time)
        case .quarter: return try TimeFunctions.add(months: number, times: 3, to: time)
        case .month: return try TimeFunctions.add(months: number, times: 1, to: time)
        case .microsecond:
            return try TimeFunctions.add(milliseconds: TimeUnit.quotient(number, 1_000), times: 1, to: time)
        case .dayOfYear, .day, .week, .weekday, .hour, .minute, .second, .millisecond:
            return try TimeFunctions.add(milliseconds: number, times: unit.millisecondsMax, to: time)
        }
    }

    private static func add(
        milliseconds number: Int64,
        times unit: Int64,
        to time: Timestamp
    ) throws(StreamFault) -> StreamValue {
        let (product, overflows) = number.multipliedReportingOverflow(by: unit)
        let (sum, overflowsToo) = time.milliseconds.addingReportingOverflow(product)
        guard !overflows, !overflowsToo else { throw TimeFunctions.overflow }
        return try TimeFunctions.checked(sum)
    }

    private static func add(
        months number: Int64,
        times unit: Int64,
        to time: Timestamp
    ) throws(StreamFault) -> StreamValue {
        let (product, overflows) = number.multipliedReportingOverflow(by: unit)
        let calendar = CalendarTime(time)
        let (month, overflowsToo) = (calendar.year * 12 + calendar.month - 1).addingReportingOverflow(product)
        guard !overflows, !overflowsToo, month.magnitude < 1_000_000 else { throw TimeFunctions.overflow }
        let year = TimeUnit.quotient(month, 12)
        let monthOfYear = month - year * 12 + 1
        let day = min(calendar.day, CivilDate.daysIn(month: monthOfYear, year: year))
        let days = CivilDate.daysSince1970(year: year, month: monthOfYear, day: day)
        return try TimeFunctions.checked(days * 86_400_000 + calendar.inDay)
    }

    private static let overflow = StreamFault("DATEADD leaves the years 0000 to 9999")

    /// An instant that ISO 8601 can write.
    private static func checked(_ milliseconds: Int64) throws(StreamFault) -> StreamValue {
        guard (-62_167_219_200_000...253_402_300_799_999).contains(milliseconds) else { throw TimeFunctions.overflow }
        return .datetime(Timestamp(milliseconds: milliseconds))
    }

    /// `DATEPART`.
    private static func part(_ unit: TimeUnit, of time: Timestamp) -> Int64 {
        let calendar = CalendarTime(time)
        return switch unit {
        case .year: calendar.year
        case .quarter: (calendar.month - 1) / 3 + 1
        case .month: calendar.month
        case .dayOfYear: calendar.dayOfYear
        case .day: calendar.day
        case .week: calendar.week
        case .weekday: calendar.weekday
        case .hour: calendar.inDay / 3_600_000
        case .minute: calendar.inDay / 60_000 % 60
        case .second: calendar.inDay / 1_000 % 60
        case .millisecond: calendar.inDay % 1_000
        case .microsecond: calendar.inDay % 1_000 * 1_000
        }
    }

    /// `DATETIMEFROMPARTS(year, month, day, hour, minute, second, millisecond)`.
    @Sendable
    private static func fromParts(_ arguments: [StreamValue]) throws(StreamFault) -> StreamValue {
        var parts: [Int64] = []
        for argument in arguments { parts.append(try FunctionArgument.integer(argument, of: "DATETIMEFROMPARTS")) }
        let (year, month, day) = (parts[0], parts[1], parts[2])
        guard (0...9_999).contains(year), (1...12).contains(month),
            day >= 1, day <= CivilDate.daysIn(month: month, year: year),
            (0...23).contains(parts[3]), (0...59).contains(parts[4]), (0...59).contains(parts[5]),
            (0...999).contains(parts[6])
        else { throw StreamFault("DATETIMEFROMPARTS has no such date or time") }
        let hours = CivilDate.daysSince1970(year: year, month: month, day: day) * 24 + parts[3]
        let milliseconds = (hours * 60 + parts[4]) * 60_000 + parts[5] * 1_000 + parts[6]
        return .datetime(Timestamp(milliseconds: milliseconds))
    }
}
