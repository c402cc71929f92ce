package import MQTTCodec

/// A CONNECT that was answered with another code than 0.
package struct ConnectionRefusal: Equatable, Sendable {
    package var clientID: String
    package var remoteAddress: String
    package var isTLS: Bool
    package var transport: Transport
    package var code: ReasonCode
    /// One sentence for the operator.
    package var reason: String

    /// A refusal.
    package init(
        clientID: String,
        remoteAddress: String,
        isTLS: Bool,
        transport: Transport = .tcp,
        code: ReasonCode,
        reason: String
    ) {
        self.clientID = clientID
        self.remoteAddress = remoteAddress
        self.isTLS = isTLS
        self.transport = transport
        self.code = code
        self.reason = reason
    }
}
