/// What became of a delivery. Source: AMQP 1.0 part 3, §3.4.
enum AMQPDeliveryState: Equatable, Sendable {
    case accepted
    case rejected(AMQPError?)
    case released
    /// `received`, `modified`, or one of an extension: of no meaning to us.
    case other

    init(_ value: AMQPValue) throws(AMQPWireError) {
        guard case .described(let descriptor, _) = value else {
            throw AMQPWireError(.unexpectedDescriptor(place: "a delivery state"))
        }
        switch AMQPDescriptor(descriptor) {
        case .accepted: self = .accepted
        case .rejected: self = .rejected(try .optional(try AMQPFields(value, .rejected).value(0)))
        case .released: self = .released
        default: self = .other
        }
    }

    var value: AMQPValue {
        switch self {
        case .accepted: AMQPDescriptor.accepted.describing(fields: [])
        case .rejected(let error): AMQPDescriptor.rejected.describing(fields: [.optional(error) { $0.value }])
        case .released: AMQPDescriptor.released.describing(fields: [])
        case .other: .null
        }
    }
}
