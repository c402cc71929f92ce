internal import TelemetryModel

extension StreamValue {
    /// A total order over all values, for results whose order must not depend on hashes: first by type (`NULL`, `bit`,
    /// numbers, `datetime`, `nvarchar`, `array`, `record`), then by value. Equal values, and only they, give 0.
    ///
    /// - Returns: Negative when the first comes first, positive when the second does.
    package static func order(_ left: StreamValue, _ right: StreamValue) -> Int {
        switch (left, right) {
        case (.null, .null): return 0
        case (.bit(let a), .bit(let b)): return (a ? 1 : 0) - (b ? 1 : 0)
        case (.bigint(let a), .bigint(let b)): return a < b ? -1 : a > b ? 1 : 0
        case (.float(let a), .float(let b)): return a < b ? -1 : a > b ? 1 : 0
        case (.bigint(let a), .float(let b)): return StreamComparison.order(a, b)
        case (.float(let a), .bigint(let b)): return -StreamComparison.order(b, a)
        case (.datetime(let a), .datetime(let b)): return a < b ? -1 : a > b ? 1 : 0
        case (.nvarchar(let a), .nvarchar(let b)): return StreamText.order(a, b)
        case (.array(let a), .array(let b)): return StreamValue.order(a[...], b[...])
        case (.record(let a), .record(let b)): return StreamRecord.order(a, b)
        case (.null, _), (.bit, _), (.bigint, _), (.float, _), (.datetime, _), (.nvarchar, _), (.array, _),
            (.record, _):
            return left.rank - right.rank
        }
    }

    /// Element by element; the shorter first when one begins with the other.
    fileprivate static func order(_ left: ArraySlice<StreamValue>, _ right: ArraySlice<StreamValue>) -> Int {
        for (a, b) in zip(left, right) {
            let order = StreamValue.order(a, b)
            if order != 0 { return order }
        }
        return left.count - right.count
    }

    private var rank: Int {
        switch self {
        case .null: 0
        case .bit: 1
        case .bigint, .float: 2
        case .datetime: 3
        case .nvarchar: 4
        case .array: 5
        case .record: 6
        }
    }
}

extension StreamRecord {
    /// By the names in order, then by their values.
    fileprivate static func order(_ left: StreamRecord, _ right: StreamRecord) -> Int {
        let leftNames = left.fields.names.sorted { StreamText.order($0, $1) < 0 }
        let rightNames = right.fields.names.sorted { StreamText.order($0, $1) < 0 }
        let byNames = StreamValue.order(leftNames.map { .nvarchar($0) }[...], rightNames.map { .nvarchar($0) }[...])
        if byNames != 0 { return byNames }
        return StreamValue.order(leftNames.map { left[$0] ?? .null }[...], rightNames.map { right[$0] ?? .null }[...])
    }
}
