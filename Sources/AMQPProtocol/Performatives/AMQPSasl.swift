import NIOCore

/// What a SASL frame holds. Source: AMQP 1.0 part 5, §5.3.3.
enum AMQPSasl: Equatable, Sendable {
    case mechanisms([String])
    case start(mechanism: String)
    /// 0 ok, 1 wrong credentials or mechanism.
    case outcome(code: UInt8)

    /// The only mechanism: whoever connects proves what it may do with a token to `$cbs`.
    static let mechanismByToken = "MSSBCBS"

    /// Reads all of a frame's body.
    init(_ body: ByteBuffer) throws(AMQPWireError) {
        var reader = AMQPReader(body)
        guard case .described(let descriptor, .list(let values)) = try reader.value() else {
            throw AMQPWireError(.unexpectedDescriptor(place: "a SASL performative"))
        }
        let fields = AMQPFields("sasl", values)
        switch AMQPDescriptor(descriptor) {
        case .saslMechanisms: self = .mechanisms(AMQPSasl.symbols(fields.value(0)))
        case .saslInit: self = .start(mechanism: try fields.required(fields.symbol(0, "mechanism"), "mechanism"))
        case .saslOutcome: self = .outcome(code: try fields.required(fields.ubyte(0, "code"), "code"))
        default: throw AMQPWireError(.unexpectedDescriptor(place: "sasl-mechanisms, sasl-init or sasl-outcome"))
        }
        guard reader.isAtEnd else { throw AMQPWireError(.trailingBytes(reader.rest.readableBytes), at: reader.offset) }
    }

    var value: AMQPValue {
        switch self {
        case .mechanisms(let names):
            AMQPDescriptor.saslMechanisms.describing(fields: [.array(names.map { .symbol($0) })])
        case .start(let mechanism): AMQPDescriptor.saslInit.describing(fields: [.symbol(mechanism)])
        case .outcome(let code): AMQPDescriptor.saslOutcome.describing(fields: [.ubyte(code)])
        }
    }

    /// One symbol, or an array of them.
    private static func symbols(_ value: AMQPValue) -> [String] {
        switch value {
        case .symbol(let name): [name]
        case .array(let names): names.compactMap { if case .symbol(let name) = $0 { name } else { nil } }
        default: []
        }
    }
}
