internal import Glibc
internal import TelemetryJSON

extension QueryFunction {
    /// Longest text a function makes, in UTF-8 bytes; a longer one is undefined.
    package static let textLengthMax = 262_144

    /// Applies a function of one argument.
    func apply(_ value: QueryValue) -> QueryValue {
        switch self {
        case .isDefined: return .bool(value != nil)
        case .isNull: return .bool(QueryFunction.kind(value) == .null)
        case .isBool: return .bool(QueryFunction.kind(value) == .bool)
        case .isNumber: return .bool(QueryFunction.kind(value) == .number)
        case .isString: return .bool(QueryFunction.kind(value) == .string)
        case .isArray: return .bool(QueryFunction.kind(value) == .array)
        case .isObject: return .bool(QueryFunction.kind(value) == .object)
        case .isPrimitive: return .bool([.null, .bool, .number, .string].contains(QueryFunction.kind(value)))
        case .abs:
            if case .integer(let integer)? = value, integer >= 0 { return value }
            if case .integer? = value { return QueryArithmetic.negate(value) }
            return self.real(value) { Swift.abs($0) }
        case .ceiling:
            if case .integer? = value { return value }
            return self.real(value) { $0.rounded(.up) }
        case .floor:
            if case .integer? = value { return value }
            return self.real(value) { $0.rounded(.down) }
        case .sign:
            guard let number = QueryArithmetic.double(value) else { return nil }
            return .integer(number > 0 ? 1 : number < 0 ? -1 : 0)
        case .square: return QueryArithmetic.apply(.times, value, value)
        case .sqrt: return self.real(value) { $0.squareRoot() }
        case .exp: return self.real(value) { Glibc.exp($0) }
        case .asNumber:
            if case .string(let text)? = value { return QueryFunction.number(text) }
            return QueryFunction.kind(value) == .number ? value : nil
        case .length:
            guard case .string(let text)? = value else { return nil }
            return .integer(Int64(text.utf16.count))
        case .lower:
            guard case .string(let text)? = value else { return nil }
            return QueryFunction.bounded(text.lowercased())
        case .upper:
            guard case .string(let text)? = value else { return nil }
            return QueryFunction.bounded(text.uppercased())
        case .startsWith, .endsWith, .contains, .indexOf, .concat, .substring, .power:
            return nil
        }
    }

    /// Applies a function of two or more arguments.
    func apply(_ values: [QueryValue]) -> QueryValue {
        switch self {
        case .startsWith, .endsWith, .contains, .indexOf, .substring, .concat:
            return self.applyToText(values)
        case .power:
            guard values.count == 2, let base = QueryArithmetic.double(values[0]),
                let exponent = QueryArithmetic.double(values[1])
            else { return nil }
            return QueryArithmetic.finite(pow(base, exponent))
        case .isDefined, .isNull, .isBool, .isNumber, .isString, .isArray, .isObject, .isPrimitive, .length, .lower,
            .upper, .asNumber, .abs, .ceiling, .exp, .floor, .sign, .sqrt, .square:
            return nil
        }
    }

    /// The text when it is not too long.
    static func bounded(_ text: String) -> QueryValue {
        text.utf8.count <= QueryFunction.textLengthMax ? .string(text) : nil
    }

    private enum Kind {
        case undefined
        case null
        case bool
        case number
        case string
        case array
        case object
    }

    private static func kind(_ value: QueryValue) -> Kind {
        guard let value else { return .undefined }
        return switch value {
        case .null: .null
        case .bool: .bool
        case .integer, .number: .number
        case .string: .string
        case .array: .array
        case .object: .object
        }
    }

    private func real(_ value: QueryValue, _ apply: (Double) -> Double) -> QueryValue {
        QueryArithmetic.double(value).flatMap { QueryArithmetic.finite(apply($0)) }
    }

    /// A text that is one JSON number, perhaps with spaces around it.
    private static func number(_ text: String) -> QueryValue {
        guard let value = try? JSONValue(parsing: text), QueryFunction.kind(value) == .number else { return nil }
        return value
    }
}
