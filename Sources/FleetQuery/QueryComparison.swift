internal import TelemetryJSON

/// How values compare (`twins.md` section 8).
enum QueryComparison {
    /// The answer of a comparison; `nil` is undefined.
    static func compare(_ operation: QueryOperator, _ left: QueryValue, _ right: QueryValue) -> Bool? {
        guard let left, let right else { return nil }
        switch (left, right) {
        case (.string(let left), .string(let right)):
            if operation == .equal { return QueryComparison.areSame(left, right) }
            if operation == .notEqual { return !QueryComparison.areSame(left, right) }
            return QueryComparison.holds(operation, QueryComparison.order(left, right))
        case (.object, _), (.array, _), (_, .object), (_, .array):
            return nil
        default:
            if let order = QueryComparison.order(left, right) { return QueryComparison.holds(operation, order) }
            return operation == .equal ? false : operation == .notEqual ? true : nil
        }
    }

    /// The order of two scalars of one type: below, equal to or above 0; `nil` for different types.
    static func order(_ left: JSONValue, _ right: JSONValue) -> Int? {
        switch (left, right) {
        case (.integer(let left), .integer(let right)): left < right ? -1 : left == right ? 0 : 1
        case (.number(let left), .number(let right)): left < right ? -1 : left == right ? 0 : 1
        case (.integer(let left), .number(let right)): QueryComparison.order(left, right)
        case (.number(let left), .integer(let right)): -QueryComparison.order(right, left)
        case (.string(let left), .string(let right)): QueryComparison.order(left, right)
        case (.bool(let left), .bool(let right)): left == right ? 0 : left ? 1 : -1
        case (.null, .null): 0
        case (.null, _), (.bool, _), (.integer, _), (.number, _), (.string, _), (.array, _), (.object, _): nil
        }
    }

    /// The order of an integer and a double as numbers, without rounding either.
    static func order(_ left: Int64, _ right: Double) -> Int {
        if right >= 0x1p63 { return -1 }
        if right < -0x1p63 { return 1 }
        let whole = Int64(right)
        if left != whole { return left < whole ? -1 : 1 }
        let fraction = right - right.rounded(.towardZero)
        return fraction > 0 ? -1 : fraction < 0 ? 1 : 0
    }

    /// Whether two texts have the same code units.
    @inline(__always)
    static func areSame(_ left: String, _ right: String) -> Bool {
        // `==` is fast and never misses what is the same; it takes canonically equivalent texts for the same, though.
        left.utf8.count == right.utf8.count && left == right && left.utf8.elementsEqual(right.utf8)
    }

    /// The order of two texts by their UTF-16 code units.
    static func order(_ left: String, _ right: String) -> Int {
        var others = right.utf8.makeIterator()
        for byte in left.utf8 {
            guard let other = others.next() else { return 1 }
            guard byte != other else { continue }
            // UTF-8 sorts by characters. Only characters beyond U+FFFF (lead byte from 0xF0) sort otherwise in UTF-16:
            // below U+E000 to U+FFFF (lead bytes 0xEE and 0xEF).
            if byte >= 0xF0, other == 0xEE || other == 0xEF { return -1 }
            if other >= 0xF0, byte == 0xEE || byte == 0xEF { return 1 }
            return byte < other ? -1 : 1
        }
        return others.next() == nil ? 0 : -1
    }

    private static func holds(_ operation: QueryOperator, _ order: Int) -> Bool? {
        switch operation {
        case .equal: order == 0
        case .notEqual: order != 0
        case .less: order < 0
        case .lessOrEqual: order <= 0
        case .greater: order > 0
        case .greaterOrEqual: order >= 0
        case .plus, .minus, .times, .dividedBy, .remainder: nil
        }
    }
}
