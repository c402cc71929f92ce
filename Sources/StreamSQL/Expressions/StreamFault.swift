/// Why an expression has no value for a row: a number too big, a text that is no number, types that do not go together.
///
/// A fault of the row, never of the query: the row goes to `dead-letter` with ``reason``, and the query goes on.
package struct StreamFault: Error, Equatable, Sendable {
    /// What went wrong, without a point at its end: `bigint overflow in 9223372036854775807 + 1`.
    package var reason: String

    /// A fault.
    package init(_ reason: String) {
        self.reason = reason
    }
}

extension StreamFault: CustomStringConvertible {
    package var description: String { self.reason }
}

extension StreamValue {
    /// Type and value for messages, shortened: `nvarchar(max) 'abc'`.
    var faultText: String {
        switch self {
        case .null: return "NULL"
        case .bit(let value): return "bit \(value)"
        case .bigint(let value): return "bigint \(value)"
        case .float(let value): return "float \(value)"
        case .nvarchar(let value):
            let start = String(value.unicodeScalars.prefix(40))
            return "nvarchar(max) '\(start)\(start.utf8.count < value.utf8.count ? "…" : "")'"
        case .datetime(let value): return "datetime \(value)"
        case .record: return "a record"
        case .array: return "an array"
        }
    }
}
