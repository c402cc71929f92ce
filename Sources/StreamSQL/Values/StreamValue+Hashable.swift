internal import TelemetryModel

extension StreamValue: Hashable {
    package static func == (left: StreamValue, right: StreamValue) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bit(let a), .bit(let b)): a == b
        case (.bigint(let a), .bigint(let b)): a == b
        case (.float(let a), .float(let b)): a == b
        case (.bigint(let a), .float(let b)), (.float(let b), .bigint(let a)): StreamComparison.order(a, b) == 0
        case (.nvarchar(let a), .nvarchar(let b)): StreamText.areSame(a, b)
        case (.datetime(let a), .datetime(let b)): a == b
        case (.record(let a), .record(let b)): a == b
        case (.array(let a), .array(let b)): a == b
        case (.null, _), (.bit, _), (.bigint, _), (.float, _), (.nvarchar, _), (.datetime, _), (.record, _),
            (.array, _):
            false
        }
    }

    package func hash(into hasher: inout Hasher) {
        switch self {
        case .null: hasher.combine(UInt8(0))
        case .bit(let value): hasher.combine(value)
        case .bigint(let value): hasher.combine(value)
        case .float(let value):
            // Equal numbers hash alike whatever their type.
            if let whole = Int64(exactly: value) { hasher.combine(whole) } else { hasher.combine(value) }
        case .nvarchar(let value): StreamText.hash(value, into: &hasher)
        case .datetime(let value): hasher.combine(value.milliseconds)
        case .record(let value): hasher.combine(value)
        case .array(let value): hasher.combine(value)
        }
    }
}

extension StreamRecord: Hashable {
    /// The same names with equal values, in whatever order.
    package static func == (left: StreamRecord, right: StreamRecord) -> Bool {
        guard left.values.count == right.values.count else { return false }
        if left.fields === right.fields { return left.values == right.values }
        return left.fields.names.allSatisfy { name in left[name] == right[name] }
    }

    package func hash(into hasher: inout Hasher) {
        var sum = 0
        for (place, name) in self.fields.names.enumerated() {
            var each = Hasher()
            StreamText.hash(name, into: &each)
            each.combine(self.values[place])
            sum &+= each.finalize()
        }
        hasher.combine(sum)
    }
}
