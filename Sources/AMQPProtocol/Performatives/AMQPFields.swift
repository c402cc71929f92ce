import NIOCore

/// The fields of a described list by position; a missing one is null.
struct AMQPFields {
    /// What it is, for errors: `open`.
    let name: String
    private let values: [AMQPValue]

    init(_ name: String, _ values: [AMQPValue]) {
        self.name = name
        self.values = values
    }

    /// The fields of a value that must be a list with this descriptor.
    init(_ value: AMQPValue, _ descriptor: AMQPDescriptor) throws(AMQPWireError) {
        guard case .described(let found, .list(let values)) = value, AMQPDescriptor(found) == descriptor else {
            throw AMQPWireError(.unexpectedDescriptor(place: "\(descriptor)"))
        }
        self.init("\(descriptor)", values)
    }

    /// The field's value; null when it is not there.
    func value(_ index: Int) -> AMQPValue {
        index < self.values.count ? self.values[index] : .null
    }

    func boolean(_ index: Int, _ field: String) throws(AMQPWireError) -> Bool? {
        try self.read(index, field) { if case .boolean(let value) = $0 { value } else { nil } }
    }

    func ubyte(_ index: Int, _ field: String) throws(AMQPWireError) -> UInt8? {
        try self.read(index, field) { if case .ubyte(let value) = $0 { value } else { nil } }
    }

    func ushort(_ index: Int, _ field: String) throws(AMQPWireError) -> UInt16? {
        try self.read(index, field) { if case .ushort(let value) = $0 { value } else { nil } }
    }

    func uint(_ index: Int, _ field: String) throws(AMQPWireError) -> UInt32? {
        try self.read(index, field) { if case .uint(let value) = $0 { value } else { nil } }
    }

    func ulong(_ index: Int, _ field: String) throws(AMQPWireError) -> UInt64? {
        try self.read(index, field) { if case .ulong(let value) = $0 { value } else { nil } }
    }

    func binary(_ index: Int, _ field: String) throws(AMQPWireError) -> ByteBuffer? {
        try self.read(index, field) { if case .binary(let value) = $0 { value } else { nil } }
    }

    func string(_ index: Int, _ field: String) throws(AMQPWireError) -> String? {
        try self.read(index, field) { if case .string(let value) = $0 { value } else { nil } }
    }

    func symbol(_ index: Int, _ field: String) throws(AMQPWireError) -> String? {
        try self.read(index, field) { if case .symbol(let value) = $0 { value } else { nil } }
    }

    /// A string or a symbol: clients mix them up.
    func text(_ index: Int, _ field: String) throws(AMQPWireError) -> String? {
        try self.read(index, field) { value in
            switch value {
            case .string(let text), .symbol(let text): text
            default: nil
            }
        }
    }

    /// A mandatory field's value.
    func required<Value>(_ value: Value?, _ field: String) throws(AMQPWireError) -> Value {
        guard let value else { throw AMQPWireError(.missingField("\(self.name).\(field)")) }
        return value
    }

    private func read<Value>(
        _ index: Int,
        _ field: String,
        _ read: (AMQPValue) -> Value?
    ) throws(AMQPWireError) -> Value? {
        let value = self.value(index)
        guard value != .null else { return nil }
        guard let result = read(value) else { throw AMQPWireError(.wrongField("\(self.name).\(field)")) }
        return result
    }
}

extension AMQPValue {
    /// The value of an optional field.
    static func optional<Value>(_ value: Value?, _ make: (Value) -> AMQPValue) -> AMQPValue {
        value.map(make) ?? .null
    }
}
