internal import TelemetryModel

/// Reads a function's arguments, none of them `NULL`.
enum FunctionArgument {
    /// A text.
    static func text(_ value: StreamValue, of function: String) throws(StreamFault) -> String {
        if case .nvarchar(let text) = value { return text }
        throw StreamFault("\(function) wants nvarchar(max), not \(value.faultText)")
    }

    /// A `bigint`, or a `float` without fraction.
    static func integer(_ value: StreamValue, of function: String) throws(StreamFault) -> Int64 {
        switch value {
        case .bigint(let integer): return integer
        case .float(let float):
            if let integer = Int64(exactly: float) { return integer }
        case .null, .bit, .nvarchar, .datetime, .record, .array: break
        }
        throw StreamFault("\(function) wants bigint, not \(value.faultText)")
    }

    /// A number.
    static func number(_ value: StreamValue, of function: String) throws(StreamFault) -> Double {
        if let number = value.number { return number }
        throw StreamFault("\(function) wants bigint or float, not \(value.faultText)")
    }

    /// An instant; a text is read as ISO 8601.
    static func instant(_ value: StreamValue, of function: String) throws(StreamFault) -> Timestamp {
        switch value {
        case .datetime(let instant): return instant
        case .nvarchar(let text):
            if let instant = Timestamp(iso8601: text) { return instant }
        case .null, .bit, .bigint, .float, .record, .array: break
        }
        throw StreamFault("\(function) wants datetime, not \(value.faultText)")
    }

    static func record(_ value: StreamValue, of function: String) throws(StreamFault) -> StreamRecord {
        if case .record(let record) = value { return record }
        throw StreamFault("\(function) wants a record, not \(value.faultText)")
    }

    static func array(_ value: StreamValue, of function: String) throws(StreamFault) -> [StreamValue] {
        if case .array(let array) = value { return array }
        throw StreamFault("\(function) wants an array, not \(value.faultText)")
    }

    /// A float that must be finite.
    static func result(_ value: Double, of function: String) throws(StreamFault) -> StreamValue {
        if let result = StreamValue.finite(value) { return result }
        throw StreamFault("\(function) has no finite value")
    }
}
