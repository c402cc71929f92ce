import NIOCore

/// What the body of an AMQP frame begins with. Source: AMQP 1.0 part 2, §2.7.
enum AMQPPerformative: Equatable, Sendable {
    case open(AMQPOpen)
    case begin(AMQPBegin)
    case attach(AMQPAttach)
    case flow(AMQPFlow)
    case transfer(AMQPTransfer)
    case disposition(AMQPDisposition)
    case detach(AMQPDetach)
    case end(AMQPError?)
    case close(AMQPError?)

    /// Reads the performative; what is left in `reader` is the payload, which only a transfer may have.
    init(_ reader: inout AMQPReader) throws(AMQPWireError) {
        let value = try reader.value()
        guard case .described(let descriptor, .list(let values)) = value else {
            throw AMQPWireError(.unexpectedDescriptor(place: "a performative"))
        }
        let fields = AMQPFields(AMQPDescriptor(descriptor).map { "\($0)" } ?? "", values)
        switch AMQPDescriptor(descriptor) {
        case .open: self = .open(try AMQPOpen(fields))
        case .begin: self = .begin(try AMQPBegin(fields))
        case .attach: self = .attach(try AMQPAttach(fields))
        case .flow: self = .flow(try AMQPFlow(fields))
        case .transfer:
            self = .transfer(try AMQPTransfer(fields))
            return
        case .disposition: self = .disposition(try AMQPDisposition(fields))
        case .detach: self = .detach(try AMQPDetach(fields))
        case .end: self = .end(try .optional(fields.value(0)))
        case .close: self = .close(try .optional(fields.value(0)))
        default: throw AMQPWireError(.unexpectedDescriptor(place: "a performative"))
        }
        guard reader.isAtEnd else {
            throw AMQPWireError(.trailingBytes(reader.rest.readableBytes), at: reader.offset)
        }
    }

    var value: AMQPValue {
        switch self {
        case .open(let open): open.value
        case .begin(let begin): begin.value
        case .attach(let attach): attach.value
        case .flow(let flow): flow.value
        case .transfer(let transfer): transfer.value
        case .disposition(let disposition): disposition.value
        case .detach(let detach): detach.value
        case .end(let error): AMQPDescriptor.end.describing(fields: [.optional(error) { $0.value }])
        case .close(let error): AMQPDescriptor.close.describing(fields: [.optional(error) { $0.value }])
        }
    }
}
