/// The arithmetic operators: two `bigint` give a `bigint` whose overflow is a fault, anything with a `float` a finite `float`,
/// `NULL` gives `NULL`.
enum StreamArithmetic {
    /// Numbers are added, texts joined.
    @Sendable
    static func sum(_ left: StreamValue, _ right: StreamValue) throws(StreamFault) -> StreamValue {
        switch (left, right) {
        case (.float(let a), .float(let b)): return try StreamArithmetic.finite(a + b, left, "+", right)
        case (.bigint(let a), .bigint(let b)):
            let (sum, overflows) = a.addingReportingOverflow(b)
            return try StreamArithmetic.whole(sum, overflows, left, "+", right)
        case (.nvarchar(let a), .nvarchar(let b)): return .nvarchar(a + b)
        default:
            guard let (a, b) = try StreamArithmetic.numbers(left, right) else { return .null }
            return try StreamArithmetic.finite(a + b, left, "+", right)
        }
    }

    @Sendable
    static func difference(_ left: StreamValue, _ right: StreamValue) throws(StreamFault) -> StreamValue {
        switch (left, right) {
        case (.float(let a), .float(let b)): return try StreamArithmetic.finite(a - b, left, "-", right)
        case (.bigint(let a), .bigint(let b)):
            let (difference, overflows) = a.subtractingReportingOverflow(b)
            return try StreamArithmetic.whole(difference, overflows, left, "-", right)
        default:
            guard let (a, b) = try StreamArithmetic.numbers(left, right) else { return .null }
            return try StreamArithmetic.finite(a - b, left, "-", right)
        }
    }

    @Sendable
    static func product(_ left: StreamValue, _ right: StreamValue) throws(StreamFault) -> StreamValue {
        switch (left, right) {
        case (.float(let a), .float(let b)): return try StreamArithmetic.finite(a * b, left, "*", right)
        case (.bigint(let a), .bigint(let b)):
            let (product, overflows) = a.multipliedReportingOverflow(by: b)
            return try StreamArithmetic.whole(product, overflows, left, "*", right)
        default:
            guard let (a, b) = try StreamArithmetic.numbers(left, right) else { return .null }
            return try StreamArithmetic.finite(a * b, left, "*", right)
        }
    }

    /// Of two `bigint` the fraction is cut off.
    @Sendable
    static func quotient(_ left: StreamValue, _ right: StreamValue) throws(StreamFault) -> StreamValue {
        if case (.bigint(let a), .bigint(let b)) = (left, right) {
            guard b != 0 else { throw StreamArithmetic.byZero(left, "/") }
            let (quotient, overflows) = a.dividedReportingOverflow(by: b)
            return try StreamArithmetic.whole(quotient, overflows, left, "/", right)
        }
        guard let (a, b) = try StreamArithmetic.numbers(left, right) else { return .null }
        guard b != 0 else { throw StreamArithmetic.byZero(left, "/") }
        return try StreamArithmetic.finite(a / b, left, "/", right)
    }

    /// The remainder has the sign of the dividend.
    @Sendable
    static func remainder(_ left: StreamValue, _ right: StreamValue) throws(StreamFault) -> StreamValue {
        if case (.bigint(let a), .bigint(let b)) = (left, right) {
            guard b != 0 else { throw StreamArithmetic.byZero(left, "%") }
            // The least bigint by -1 overflows on the way to its remainder, 0.
            return .bigint(a.remainderReportingOverflow(dividingBy: b).partialValue)
        }
        guard let (a, b) = try StreamArithmetic.numbers(left, right) else { return .null }
        guard b != 0 else { throw StreamArithmetic.byZero(left, "%") }
        return try StreamArithmetic.finite(a.truncatingRemainder(dividingBy: b), left, "%", right)
    }

    // MARK: Parts

    /// Both as doubles; `nil` when one is `NULL`.
    private static func numbers(
        _ left: StreamValue,
        _ right: StreamValue
    ) throws(StreamFault) -> (Double, Double)? {
        if let a = left.number, let b = right.number { return (a, b) }
        if left.isNull || right.isNull { return nil }
        throw StreamArithmetic.noNumber(left.number == nil ? left : right)
    }

    /// Why a value takes no part in arithmetic.
    static func noNumber(_ value: StreamValue) -> StreamFault {
        let advice =
            switch value {
            case .datetime: "; DATEADD and DATEDIFF reckon with instants"
            case .nvarchar: "; CAST makes a number of a text, CONCAT joins values"
            case .null, .bit, .bigint, .float, .record, .array: ""
            }
        return StreamFault("\(value.faultText) is no number\(advice)")
    }

    /// Why two floats, neither `NULL`, have no finite result.
    static func unusual(_ left: Double, _ sign: String, _ right: Double) -> StreamFault {
        if sign == "/", right == 0 { return StreamArithmetic.byZero(.float(left), sign) }
        return StreamArithmetic.overflow("float", .float(left), sign, .float(right))
    }

    @inline(__always)
    private static func finite(
        _ value: Double,
        _ left: StreamValue,
        _ sign: String,
        _ right: StreamValue
    ) throws(StreamFault) -> StreamValue {
        guard value.isFinite else { throw StreamArithmetic.overflow("float", left, sign, right) }
        return .float(value)
    }

    @inline(__always)
    private static func whole(
        _ value: Int64,
        _ overflows: Bool,
        _ left: StreamValue,
        _ sign: String,
        _ right: StreamValue
    ) throws(StreamFault) -> StreamValue {
        guard !overflows else { throw StreamArithmetic.overflow("bigint", left, sign, right) }
        return .bigint(value)
    }

    private static func overflow(
        _ type: String,
        _ left: StreamValue,
        _ sign: String,
        _ right: StreamValue
    ) -> StreamFault {
        StreamFault("\(type) overflow in \(left.faultText) \(sign) \(right.faultText)")
    }

    private static func byZero(_ left: StreamValue, _ sign: String) -> StreamFault {
        StreamFault("division by zero in \(left.faultText) \(sign) 0")
    }
}
