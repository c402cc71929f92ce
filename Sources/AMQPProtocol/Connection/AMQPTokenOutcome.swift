/// What became of a token.
package enum AMQPTokenOutcome: Equatable, Sendable {
    /// It is right, and lives that long from now on.
    case accepted(lifetime: Duration)
    /// It is wrong, expired, or does not permit what services do here. The client is not told which.
    case refused
    /// Nobody can say at the moment; the client may try again.
    case unavailable
}
