package import TelemetryModel

/// A value of the stream language, with the types of Azure Stream Analytics; it is values that have a type, not columns.
///
/// Two values are equal when they are the same to `GROUP BY` and `COUNT(DISTINCT)`: `NULL` equals `NULL`, numbers are equal by
/// what they are worth (`1` and `1.0`), texts byte for byte, records when they have the same members in whatever order. The
/// operator `=` is ``StreamComparison``'s.
package enum StreamValue: Sendable {
    case null
    /// True or false.
    case bit(Bool)
    /// A whole number of 64 bits.
    case bigint(Int64)
    /// Always finite.
    case float(Double)
    /// Text.
    case nvarchar(String)
    /// An instant in UTC, in whole milliseconds.
    case datetime(Timestamp)
    /// Names and values.
    case record(StreamRecord)
    /// Values in order.
    case array([StreamValue])

    /// Whether it is `NULL`.
    @inlinable package var isNull: Bool {
        if case .null = self { true } else { false }
    }

    /// The type; `NULL` has none of its own.
    package var type: StreamType {
        switch self {
        case .null: .null
        case .bit: .bit
        case .bigint: .bigint
        case .float: .float
        case .nvarchar: .nvarchar
        case .datetime: .datetime
        case .record: .record
        case .array: .array
        }
    }

    /// What it is worth as a number; `nil` for all but `bigint` and `float`. Beyond 2⁵³ the nearest double.
    @inlinable package var number: Double? {
        switch self {
        case .float(let value): value
        case .bigint(let value): Double(value)
        case .null, .bit, .nvarchar, .datetime, .record, .array: nil
        }
    }

    /// A float, or `nil` when it is not finite.
    @inlinable package static func finite(_ value: Double) -> StreamValue? {
        value.isFinite ? .float(value) : nil
    }
}
