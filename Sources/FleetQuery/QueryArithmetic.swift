internal import TelemetryJSON

/// Arithmetic of values: on numbers only, anything else is undefined.
///
/// Integers stay integers while their result is one that fits into 64 bits, else it is the nearest double. What JSON cannot
/// write is undefined: a division by zero, an overflow of doubles.
enum QueryArithmetic {
    static func apply(_ operation: QueryOperator, _ left: QueryValue, _ right: QueryValue) -> QueryValue {
        if case .integer(let left)? = left, case .integer(let right)? = right,
            let exact = QueryArithmetic.apply(operation, left, right)
        {
            return .integer(exact)
        }
        guard let left = QueryArithmetic.double(left), let right = QueryArithmetic.double(right) else { return nil }
        switch operation {
        case .plus: return QueryArithmetic.finite(left + right)
        case .minus: return QueryArithmetic.finite(left - right)
        case .times: return QueryArithmetic.finite(left * right)
        case .dividedBy: return QueryArithmetic.finite(left / right)
        case .remainder: return QueryArithmetic.finite(left.truncatingRemainder(dividingBy: right))
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual: return nil
        }
    }

    static func negate(_ value: QueryValue) -> QueryValue {
        switch value {
        case .integer(let value)?: value == .min ? .number(0x1p63) : .integer(-value)
        case .number(let value)?: .number(-value)
        default: nil
        }
    }

    /// The number as a double; `nil` for what is no number.
    static func double(_ value: QueryValue) -> Double? {
        switch value {
        case .integer(let value)?: Double(value)
        case .number(let value)?: value
        default: nil
        }
    }

    /// The double as a value; undefined when it is infinite or no number.
    static func finite(_ value: Double) -> QueryValue {
        value.isFinite ? .number(value) : nil
    }

    /// The result when it is an integer of 64 bits.
    private static func apply(_ operation: QueryOperator, _ left: Int64, _ right: Int64) -> Int64? {
        let result: (partialValue: Int64, overflow: Bool)
        switch operation {
        case .plus: result = left.addingReportingOverflow(right)
        case .minus: result = left.subtractingReportingOverflow(right)
        case .times: result = left.multipliedReportingOverflow(by: right)
        case .dividedBy:
            guard right != 0, right != -1, left % right == 0 else {
                return right == -1 && left != .min ? -left : nil
            }
            result = (left / right, false)
        case .remainder:
            guard right != 0 else { return nil }
            result = (right == -1 ? 0 : left % right, false)
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual: return nil
        }
        return result.overflow ? nil : result.partialValue
    }
}
