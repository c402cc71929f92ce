package import TelemetryModel

extension StreamValue {
    /// Appends the value to a checkpoint.
    package func write(to state: inout StateWriter) {
        switch self {
        case .null:
            state.write(0)
        case .bit(let value):
            state.write(1)
            state.write(value)
        case .bigint(let value):
            state.write(2)
            state.write(value)
        case .float(let value):
            state.write(3)
            state.write(value)
        case .nvarchar(let value):
            state.write(4)
            state.write(value.utf8)
        case .datetime(let value):
            state.write(5)
            state.write(value.milliseconds)
        case .record(let value):
            state.write(6)
            state.write(value.values.count)
            for (place, name) in value.fields.names.enumerated() {
                state.write(name.utf8)
                value.values[place].write(to: &state)
            }
        case .array(let value):
            state.write(7)
            state.write(value.count)
            for element in value { element.write(to: &state) }
        }
    }

    /// Reads a value of a checkpoint.
    ///
    /// - Throws: When the bytes are not what ``write(to:)`` wrote.
    package init(reading state: inout StateReader) throws(StateReader.Fault) {
        try self.init(reading: &state, depth: 0)
    }

    /// Records and arrays in one another in a checkpoint; JSON brings 64, the language adds some.
    private static let depthMax = 512

    private init(reading state: inout StateReader, depth: Int) throws(StateReader.Fault) {
        guard depth < StreamValue.depthMax else { throw state.fault }
        switch try state.readInt64() {
        case 0: self = .null
        case 1: self = .bit(try state.readBool())
        case 2: self = .bigint(try state.readInt64())
        case 3:
            let value = try state.readDouble()
            guard value.isFinite else { throw state.fault }
            self = .float(value)
        case 4: self = .nvarchar(String(decoding: try state.readBytes(), as: UTF8.self))
        case 5: self = .datetime(Timestamp(milliseconds: try state.readInt64()))
        case 6:
            var members: [(name: String, value: StreamValue)] = []
            for _ in 0..<(try state.readCount(ofSize: 16)) {
                let name = String(decoding: try state.readBytes(), as: UTF8.self)
                members.append((name, try StreamValue(reading: &state, depth: depth + 1)))
            }
            self = .record(StreamRecord(members))
        case 7:
            var elements: [StreamValue] = []
            for _ in 0..<(try state.readCount(ofSize: 8)) {
                elements.append(try StreamValue(reading: &state, depth: depth + 1))
            }
            self = .array(elements)
        default: throw state.fault
        }
    }
}
