import NIOCore

/// A message: properties, application properties and a body; the other sections are read and forgotten.
///
/// Source: AMQP 1.0 part 3, §3.2.
struct AMQPMessage: Equatable, Sendable {
    /// The sections of which a message has one kind.
    enum Body: Equatable, Sendable {
        /// No body section at all, which AMQP does not allow and clients send.
        case none
        /// One or more data sections, one after the other.
        case data([ByteBuffer])
        case value(AMQPValue)
        case sequences([[AMQPValue]])
    }

    var properties = AMQPMessageProperties()
    /// Names and values in order.
    var applicationProperties: [(name: String, value: AMQPValue)] = []
    var body = Body.none

    init() {}

    /// Reads all of `bytes`, bare or annotated.
    init(reading bytes: ByteBuffer) throws(AMQPWireError) {
        var reader = AMQPReader(bytes)
        var sectionLast: UInt64 = 0
        while !reader.isAtEnd {
            let start = reader.offset
            let section = try reader.value()
            guard case .described(let descriptor, let content) = section, let kind = AMQPDescriptor(descriptor),
                (AMQPDescriptor.header.rawValue...AMQPDescriptor.footer.rawValue).contains(kind.rawValue),
                kind.rawValue > sectionLast
                    || kind.rawValue == sectionLast && (kind == .data || kind == .amqpSequence)
            else { throw AMQPWireError(.unexpectedDescriptor(place: "the next section of a message"), at: start) }
            sectionLast = kind.rawValue
            try self.take(kind, content, section, at: start)
        }
    }

    private mutating func take(
        _ kind: AMQPDescriptor,
        _ content: AMQPValue,
        _ section: AMQPValue,
        at start: Int
    ) throws(AMQPWireError) {
        switch (kind, content) {
        case (.header, .list), (.deliveryAnnotations, .map), (.messageAnnotations, .map), (.footer, .map): break
        case (.properties, .list): self.properties = try AMQPMessageProperties(section)
        case (.applicationProperties, .map(let entries)):
            for entry in entries {
                guard case .string(let name) = entry.key else {
                    throw AMQPWireError(.wrongField("application-properties: a name"), at: start)
                }
                self.applicationProperties.append((name, entry.value))
            }
        case (.data, .binary(let bytes)):
            switch exchange(&self.body, with: .none) {
            case .none: self.body = .data([bytes])
            case .data(var parts):
                parts.append(bytes)
                self.body = .data(parts)
            case .value, .sequences: throw AMQPWireError(.unexpectedDescriptor(place: "one kind of body"), at: start)
            }
        case (.amqpSequence, .list(let elements)):
            switch exchange(&self.body, with: .none) {
            case .none: self.body = .sequences([elements])
            case .sequences(var lists):
                lists.append(elements)
                self.body = .sequences(lists)
            case .value, .data: throw AMQPWireError(.unexpectedDescriptor(place: "one kind of body"), at: start)
            }
        case (.amqpValue, _):
            guard case .none = self.body else {
                throw AMQPWireError(.unexpectedDescriptor(place: "one kind of body"), at: start)
            }
            self.body = .value(content)
        default: throw AMQPWireError(.unexpectedDescriptor(place: "the next section of a message"), at: start)
        }
    }

    /// Writes the bare message.
    func write(to buffer: inout ByteBuffer) {
        if self.properties != AMQPMessageProperties() { self.properties.value.write(to: &buffer) }
        if !self.applicationProperties.isEmpty {
            let entries = self.applicationProperties.map { AMQPMapEntry(.string($0.name), $0.value) }
            AMQPDescriptor.applicationProperties.describing(.map(entries)).write(to: &buffer)
        }
        switch self.body {
        case .none: break
        case .data(let parts):
            for part in parts { AMQPDescriptor.data.describing(.binary(part)).write(to: &buffer) }
        case .value(let value): AMQPDescriptor.amqpValue.describing(value).write(to: &buffer)
        case .sequences(let lists):
            for list in lists { AMQPDescriptor.amqpSequence.describing(.list(list)).write(to: &buffer) }
        }
    }

    /// The value of the application property of this name.
    func applicationProperty(_ name: String) -> AMQPValue? {
        self.applicationProperties.first { $0.name == name }?.value
    }

    static func == (left: AMQPMessage, right: AMQPMessage) -> Bool {
        left.properties == right.properties && left.body == right.body
            && left.applicationProperties.elementsEqual(right.applicationProperties) { $0 == $1 }
    }
}
