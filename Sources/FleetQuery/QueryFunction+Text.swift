internal import TelemetryJSON

extension QueryFunction {
    /// Applies a function of several texts; places and lengths count UTF-16 code units, from 0.
    func applyToText(_ values: [QueryValue]) -> QueryValue {
        guard values.count >= 2, case .string(let text)? = values[0] else { return nil }
        switch self {
        case .concat: return QueryFunction.concat(values)
        case .substring: return QueryFunction.substring(text, values)
        case .startsWith:
            guard case .string(let part)? = values[1] else { return nil }
            return .bool(text.utf8.starts(with: part.utf8))
        case .endsWith:
            guard case .string(let part)? = values[1] else { return nil }
            let surplus = text.utf8.count - part.utf8.count
            return .bool(surplus >= 0 && text.utf8.dropFirst(surplus).elementsEqual(part.utf8))
        case .contains:
            guard case .string(let part)? = values[1] else { return nil }
            return .bool(QueryFunction.place(of: Array(part.utf8), in: Array(text.utf8), from: 0) != nil)
        case .indexOf:
            guard case .string(let part)? = values[1] else { return nil }
            let start = values.count > 2 ? QueryFunction.count(values[2]) : 0
            guard let start else { return nil }
            let place = QueryFunction.place(of: Array(part.utf16), in: Array(text.utf16), from: start)
            return .integer(Int64(place ?? -1))
        case .isDefined, .isNull, .isBool, .isNumber, .isString, .isArray, .isObject, .isPrimitive, .length, .lower,
            .upper, .asNumber, .abs, .ceiling, .exp, .floor, .sign, .sqrt, .square, .power:
            return nil
        }
    }

    private static func concat(_ values: [QueryValue]) -> QueryValue {
        var whole = ""
        for value in values {
            guard case .string(let part)? = value,
                whole.utf8.count + part.utf8.count <= QueryFunction.textLengthMax
            else { return nil }
            whole += part
        }
        return .string(whole)
    }

    /// The part from a place on, perhaps of a length; half a surrogate pair at an end becomes U+FFFD.
    private static func substring(_ text: String, _ values: [QueryValue]) -> QueryValue {
        guard let start = QueryFunction.count(values[1]) else { return nil }
        // Clamped, for the view's own `dropFirst` and `prefix` trap on the largest counts.
        let count = text.utf16.count
        let units = text.utf16.dropFirst(min(start, count))
        guard values.count > 2 else { return .string(String(decoding: units, as: UTF16.self)) }
        guard let length = QueryFunction.count(values[2]) else { return nil }
        return .string(String(decoding: units.prefix(min(length, count)), as: UTF16.self))
    }

    /// A place or a length: a whole number that is not negative.
    private static func count(_ value: QueryValue) -> Int? {
        switch value {
        case .integer(let value)? where value >= 0: Int(value)
        case .number(let value)? where value >= 0: Int(exactly: value)
        default: nil
        }
    }

    /// Where the part first stands (Knuth, Morris and Pratt: linear in both, whatever they hold).
    private static func place<Unit: Equatable>(of part: [Unit], in text: [Unit], from start: Int) -> Int? {
        guard start <= text.count else { return nil }
        guard !part.isEmpty else { return start }
        var borders = [0]
        var matched = 0
        for index in part.indices.dropFirst() {
            while matched > 0, part[index] != part[matched] { matched = borders[matched - 1] }
            if part[index] == part[matched] { matched += 1 }
            borders.append(matched)
        }
        matched = 0
        for index in start..<text.count {
            while matched > 0, text[index] != part[matched] { matched = borders[matched - 1] }
            if text[index] == part[matched] { matched += 1 }
            if matched == part.count { return index - matched + 1 }
        }
        return nil
    }
}
