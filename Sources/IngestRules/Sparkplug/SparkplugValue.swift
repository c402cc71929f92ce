import TelemetryModel

/// What a metric says, as JSON can.
enum SparkplugValue: Equatable, Sendable {
    /// A number's JSON text: integers with all their digits, floats as the shortest text that reads back the same.
    case number(String)
    case boolean(Bool)
    case text(String)
    /// [tck-id-payloads-metric: is_null] The value is known to be unknown.
    case null
    /// Data sets, templates, byte arrays, files, arrays, NaN and infinities: nothing a flat reading can hold.
    case leftOut
    /// The value does not belong to the type; why.
    case invalid(String)

    /// Reads a metric.
    ///
    /// Signed integers travel as unsigned ones in two's complement: `int_value` up to Int32, `long_value` beyond. Senders
    /// are not agreed on the width of a negative Int8 (0xFF or 0xFFFFFFFF), nor on which of the two fields carries a small
    /// number, so both are taken; what fits neither is invalid.
    ///
    /// - Parameters:
    ///   - metric: as received.
    ///   - type: its type's number, its own or its birth certificate's.
    init(_ metric: SparkplugPayload.Metric, type: UInt32) {
        guard !metric.isNull, let value = metric.value else {
            self = .null
            return
        }
        switch SparkplugDataType(rawValue: type) {
        case .int8: self = SparkplugValue.signed(value, Int8.self, UInt8.self)
        case .int16: self = SparkplugValue.signed(value, Int16.self, UInt16.self)
        case .int32: self = SparkplugValue.signed(value, Int32.self, UInt32.self)
        case .int64: self = SparkplugValue.signed(value, Int64.self, UInt64.self)
        case .uint8: self = SparkplugValue.unsigned(value, UInt8.self)
        case .uint16: self = SparkplugValue.unsigned(value, UInt16.self)
        case .uint32: self = SparkplugValue.unsigned(value, UInt32.self)
        case .uint64: self = SparkplugValue.unsigned(value, UInt64.self)
        case .float, .double: self = SparkplugValue.real(value)
        case .boolean: self = SparkplugValue.truth(value)
        case .string, .text, .uuid:
            if case .stringValue(let text) = value {
                self = text.utf8.count <= IngestLimits.textBytesMax ? .text(text) : .leftOut
            } else {
                self = .invalid("it is no text")
            }
        case .dateTime:
            guard let milliseconds = SparkplugValue.bits(value), let signed = Int64(exactly: milliseconds) else {
                self = .invalid("it is no instant")
                return
            }
            self = .text(Timestamp(milliseconds: signed).description)
        case .dataSet, .bytes, .file, .template, nil: self = .leftOut
        }
    }

    /// The bits of an integer; of an `int_value` the lower 32.
    private static func bits(_ value: SparkplugPayload.Metric.OneOf_Value) -> UInt64? {
        switch value {
        case .intValue(let bits): UInt64(bits)
        case .longValue(let bits): bits
        case .floatValue, .doubleValue, .booleanValue, .stringValue, .bytesValue, .datasetValue, .templateValue,
            .extensionValue:
            nil
        }
    }

    private static func signed<Signed: SignedInteger & FixedWidthInteger, Unsigned: FixedWidthInteger>(
        _ value: SparkplugPayload.Metric.OneOf_Value,
        _: Signed.Type,
        _: Unsigned.Type
    ) -> SparkplugValue {
        guard let bits = SparkplugValue.bits(value) else { return .invalid("it is no integer") }
        if let narrow = Unsigned(exactly: bits) { return .number("\(Signed(truncatingIfNeeded: narrow))") }
        if bits <= UInt64(UInt32.max), let number = Signed(exactly: Int32(truncatingIfNeeded: bits)) {
            return .number("\(number)")
        }
        if let number = Signed(exactly: Int64(bitPattern: bits)) { return .number("\(number)") }
        return .invalid("\(bits) is no \(Signed.self)")
    }

    private static func unsigned<Unsigned: UnsignedInteger & FixedWidthInteger>(
        _ value: SparkplugPayload.Metric.OneOf_Value,
        _: Unsigned.Type
    ) -> SparkplugValue {
        guard let bits = SparkplugValue.bits(value) else { return .invalid("it is no integer") }
        guard let number = Unsigned(exactly: bits) else { return .invalid("\(bits) is no \(Unsigned.self)") }
        return .number("\(number)")
    }

    private static func real(_ value: SparkplugPayload.Metric.OneOf_Value) -> SparkplugValue {
        switch value {
        case .floatValue(let number): number.isFinite ? .number(number.description) : .leftOut
        case .doubleValue(let number): number.isFinite ? .number(number.description) : .leftOut
        case .intValue, .longValue, .booleanValue, .stringValue, .bytesValue, .datasetValue, .templateValue,
            .extensionValue:
            .invalid("it is no floating-point number")
        }
    }

    private static func truth(_ value: SparkplugPayload.Metric.OneOf_Value) -> SparkplugValue {
        if case .booleanValue(let truth) = value { return .boolean(truth) }
        guard let bits = SparkplugValue.bits(value), bits <= 1 else { return .invalid("it is neither true nor false") }
        return .boolean(bits == 1)
    }
}
