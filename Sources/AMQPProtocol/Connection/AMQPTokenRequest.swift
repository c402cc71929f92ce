import NIOCore

/// A request to `$cbs`: `put-token` of a shared access signature.
///
/// Source: contract iothub-rest §6; AMQP claims-based security 1.0.
struct AMQPTokenRequest: Equatable {
    /// The status of an answer, as HTTP's.
    struct Answer: Error, Equatable {
        var status: Int32
        var description: String

        static let accepted = Answer(status: 200, description: "OK")
        static let refused = Answer(
            status: 401,
            description: "the token is not valid here: check key, policy (it needs ServiceConnect), hub name and expiry"
        )
        static let unavailable = Answer(status: 503, description: "tokens cannot be checked now; try again later")

        /// The answer's message.
        func message(correlationID: AMQPValue) -> AMQPMessage {
            var message = AMQPMessage()
            // Of the same type as the request's message-id, or the Python client fails. Contract iothub-rest §6.
            message.properties.correlationID = correlationID
            message.applicationProperties = [
                ("status-code", .int(self.status)), ("status-description", .string(self.description)),
            ]
            message.body = .value(.null)
            return message
        }
    }

    /// What the token is for.
    var resource: String
    var token: String

    init(_ message: AMQPMessage) throws(Answer) {
        func text(_ name: String) -> String? {
            switch message.applicationProperty(name) {
            case .string(let text), .symbol(let text): text
            default: nil
            }
        }
        guard text("operation") == "put-token" else {
            throw Answer(status: 400, description: "the application property operation must be put-token")
        }
        guard let type = text("type"), type.lowercased() == "servicebus.windows.net:sastoken" else {
            throw Answer(status: 401, description: "only tokens of type servicebus.windows.net:sastoken are taken")
        }
        guard let resource = text("name") else {
            throw Answer(status: 400, description: "the application property name must say what the token is for")
        }
        switch message.body {
        case .value(.string(let token)), .value(.symbol(let token)): self.token = token
        case .value(.binary(let bytes)):
            guard let token = String(validating: bytes.readableBytesView, as: UTF8.self) else {
                throw Answer(status: 400, description: "the token is not UTF-8")
            }
            self.token = token
        case .none, .data, .value, .sequences:
            throw Answer(status: 400, description: "the body must be the token, as an AMQP value")
        }
        self.resource = resource
    }
}
