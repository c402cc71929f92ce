package import TelemetryModel

/// An expression that must give an instant: `TIMESTAMP BY`.
package struct InstantExpression: Sendable {
    /// The expression.
    package let expression: CompiledExpression

    init(_ expression: CompiledExpression) {
        self.expression = expression
    }

    /// The instant of a row; a text is read as ISO 8601.
    ///
    /// - Throws: When the value is `NULL` or no instant.
    package func instant(_ row: StreamRow) throws(StreamFault) -> Timestamp {
        let value = try self.expression.value(row)
        switch value {
        case .datetime(let instant): return instant
        case .nvarchar(let text):
            if let instant = Timestamp(iso8601: text) { return instant }
        case .null, .bit, .bigint, .float, .record, .array: break
        }
        throw StreamFault("TIMESTAMP BY \(self.expression.text) is \(value.faultText), not an instant")
    }
}
