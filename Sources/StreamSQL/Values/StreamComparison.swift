internal import TelemetryModel

/// How the operators `=`, `<` and their like compare two values that are not `NULL`.
package enum StreamComparison {
    /// Compares two values: numbers and bits by what they are worth, texts by their bytes, instants in time; a text beside an
    /// instant is read as ISO 8601.
    ///
    /// - Returns: Negative when the first is less, 0 when equal, positive when greater; `nil` when one is `NULL`.
    /// - Throws: When the two types cannot be compared.
    package static func order(_ left: StreamValue, _ right: StreamValue) throws(StreamFault) -> Int? {
        switch (left, right) {
        case (.null, _), (_, .null): return nil
        case (.float(let a), .float(let b)): return a < b ? -1 : a > b ? 1 : 0
        case (.bigint(let a), .bigint(let b)): return a < b ? -1 : a > b ? 1 : 0
        case (.float(let a), .bigint(let b)): return -StreamComparison.order(b, a)
        case (.bigint(let a), .float(let b)): return StreamComparison.order(a, b)
        case (.nvarchar(let a), .nvarchar(let b)): return StreamText.order(a, b)
        case (.datetime(let a), .datetime(let b)): return a < b ? -1 : a > b ? 1 : 0
        case (.datetime(let a), .nvarchar(let b)):
            if let b = Timestamp(iso8601: b) { return a < b ? -1 : a > b ? 1 : 0 }
        case (.nvarchar(let a), .datetime(let b)):
            if let a = Timestamp(iso8601: a) { return a < b ? -1 : a > b ? 1 : 0 }
        case (.bit(let a), .bit(let b)): return (a ? 1 : 0) - (b ? 1 : 0)
        case (.bit(let a), .bigint(let b)):
            let a: Int64 = a ? 1 : 0
            return a < b ? -1 : a > b ? 1 : 0
        case (.bigint(let a), .bit(let b)):
            let b: Int64 = b ? 1 : 0
            return a < b ? -1 : a > b ? 1 : 0
        case (.bit(let a), .float(let b)): return StreamComparison.order(a ? 1 : 0, b)
        case (.float(let a), .bit(let b)): return -StreamComparison.order(b ? 1 : 0, a)
        case (.bit, _), (.bigint, _), (.float, _), (.nvarchar, _), (.datetime, _), (.record, _), (.array, _): break
        }
        throw StreamFault(
            "cannot compare \(left.faultText) with \(right.faultText)"
        )
    }

    /// Compares a whole number with a double exactly, also beyond 2⁵³.
    static func order(_ left: Int64, _ right: Double) -> Int {
        // 2⁶³ is the first double above all whole numbers.
        if right >= 9_223_372_036_854_775_808 { return -1 }
        if right < -9_223_372_036_854_775_808 { return 1 }
        let whole = Int64(right)
        if left != whole { return left < whole ? -1 : 1 }
        let rest = right - right.rounded(.towardZero)
        return rest > 0 ? -1 : rest < 0 ? 1 : 0
    }
}
