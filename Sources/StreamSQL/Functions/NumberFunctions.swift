internal import Glibc

/// Functions of numbers. A result that is not finite is a fault.
///
/// Source: Azure Stream Analytics, mathematical functions; `LOG` and `LOG10` are T-SQL's.
enum NumberFunctions {
    static let all: [ScalarFunction] = [
        .one("ABS") { (value) throws(StreamFault) in
            guard case .bigint(let integer) = value else {
                return .float(Swift.abs(try FunctionArgument.number(value, of: "ABS")))
            }
            guard integer > .min else { throw StreamFault("bigint overflow in ABS(\(integer))") }
            return .bigint(Swift.abs(integer))
        },
        .one("CEILING") { (value) throws(StreamFault) in try NumberFunctions.rounded(value, .up, of: "CEILING") },
        .one("FLOOR") { (value) throws(StreamFault) in try NumberFunctions.rounded(value, .down, of: "FLOOR") },
        ScalarFunction("ROUND", 1...2, .many(NumberFunctions.round)),
        .one("SIGN") { (value) throws(StreamFault) in
            if case .bigint(let integer) = value { return .bigint(integer.signum()) }
            let number = try FunctionArgument.number(value, of: "SIGN")
            return .float(number > 0 ? 1 : number < 0 ? -1 : 0)
        },
        .one("SQUARE") { (value) throws(StreamFault) in
            let number = try FunctionArgument.number(value, of: "SQUARE")
            return try FunctionArgument.result(number * number, of: "SQUARE")
        },
        .one("SQRT") { (value) throws(StreamFault) in
            let number = try FunctionArgument.number(value, of: "SQRT")
            guard number >= 0 else { throw StreamFault("SQRT wants a number of 0 or more, not \(number)") }
            return .float(number.squareRoot())
        },
        .one("EXP") { (value) throws(StreamFault) in
            try FunctionArgument.result(exp(try FunctionArgument.number(value, of: "EXP")), of: "EXP")
        },
        .one("LOG10") { (value) throws(StreamFault) in
            try FunctionArgument.result(log10(try NumberFunctions.positive(value, of: "LOG10")), of: "LOG10")
        },
        ScalarFunction("LOG", 1...2, .many(NumberFunctions.logarithm)),
        .two("POWER") { (base, exponent) throws(StreamFault) in
            let power = pow(
                try FunctionArgument.number(base, of: "POWER"),
                try FunctionArgument.number(exponent, of: "POWER")
            )
            return try FunctionArgument.result(power, of: "POWER")
        },
    ]

    private static func rounded(
        _ value: StreamValue,
        _ rule: FloatingPointRoundingRule,
        of function: String
    ) throws(StreamFault) -> StreamValue {
        if case .bigint = value { return value }
        return .float(try FunctionArgument.number(value, of: function).rounded(rule))
    }

    /// `ROUND(value[, digits])`: half away from zero; negative digits round before the point.
    @Sendable
    private static func round(_ arguments: [StreamValue]) throws(StreamFault) -> StreamValue {
        let digits = arguments.count > 1 ? try FunctionArgument.integer(arguments[1], of: "ROUND") : 0
        if case .bigint(let integer) = arguments[0] {
            guard digits < 0 else { return arguments[0] }
            guard digits > -19 else { return .bigint(0) }
            let unit = (0..<(-digits)).reduce(Int64(1)) { product, _ in product * 10 }
            let rest = integer % unit
            let towardsZero = integer - rest
            guard rest.magnitude >= unit.magnitude - unit.magnitude / 2 else { return .bigint(towardsZero) }
            let (result, overflows) = towardsZero.addingReportingOverflow(integer < 0 ? -unit : unit)
            guard !overflows else { throw StreamFault("bigint overflow in ROUND(\(integer), \(digits))") }
            return .bigint(result)
        }
        let number = try FunctionArgument.number(arguments[0], of: "ROUND")
        guard digits <= 15 else { return .float(number) }
        guard digits >= -308 else { return .float(0) }
        let unit = pow(10, Double(digits))
        let scaled = number * unit
        guard scaled.isFinite else { return .float(number) }
        return try FunctionArgument.result(scaled.rounded(.toNearestOrAwayFromZero) / unit, of: "ROUND")
    }

    /// `LOG(value[, base])`.
    @Sendable
    private static func logarithm(_ arguments: [StreamValue]) throws(StreamFault) -> StreamValue {
        let natural = log(try NumberFunctions.positive(arguments[0], of: "LOG"))
        guard arguments.count > 1 else { return try FunctionArgument.result(natural, of: "LOG") }
        return try FunctionArgument.result(
            natural / log(try NumberFunctions.positive(arguments[1], of: "LOG")),
            of: "LOG"
        )
    }

    private static func positive(_ value: StreamValue, of function: String) throws(StreamFault) -> Double {
        let number = try FunctionArgument.number(value, of: function)
        guard number > 0 else { throw StreamFault("\(function) wants a number above 0, not \(number)") }
        return number
    }
}
