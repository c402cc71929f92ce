/// What a client did wrong, by what has to end for it.
enum AMQPFault: Error, Equatable {
    case connection(AMQPError, AMQPCloseReason)
    case session(AMQPError)
    case link(handle: UInt32, AMQPError)

    /// Bytes that cannot be read end the connection.
    init(_ error: AMQPWireError) {
        switch error.code {
        case .notAMQP, .frameTooShort, .frameTooLarge, .badDataOffset, .wrongFrameType:
            self = .connection(AMQPError(.framingError, "\(error)"), .malformed)
        default:
            self = .connection(AMQPError(.decodeError, "\(error)"), .malformed)
        }
    }
}
