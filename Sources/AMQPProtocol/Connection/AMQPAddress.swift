/// What a link's address stands for, for the end that the client is.
///
/// `/messages/devicebound`, `messages/deviceBound` and `amqps://hub.example.org:5671/messages/devicebound` are the same:
/// the host is not looked at, the token says which hub is meant.
enum AMQPAddress {
    /// What the link would be for.
    ///
    /// - Parameters:
    ///   - attach: the client's.
    ///   - isAuthorized: whether the client has given a valid token.
    /// - Returns: the link's purpose.
    /// - Throws: why there is no such link.
    static func kind(_ attach: AMQPAttach, isAuthorized: Bool) throws(AMQPError) -> AMQPLink.Kind {
        let terminus = attach.role == .sender ? attach.target : attach.source
        if terminus?.isCoordinator == true { throw AMQPError(.notImplemented, "there are no transactions here") }
        if terminus?.isDynamic == true { throw AMQPError(.notImplemented, "there are no dynamic addresses here") }
        guard let address = terminus?.address, address.utf8.count <= AMQPAddress.bytesMax else {
            throw AMQPError(.invalidField, "a link needs an address; $cbs and /messages/devicebound are served")
        }
        switch (AMQPAddress.path(address), attach.role) {
        case ("$cbs", .sender): return .tokenRequests
        case ("$cbs", .receiver): return .tokenAnswers(address: attach.target?.address)
        case ("messages/devicebound", .sender):
            guard isAuthorized else {
                throw AMQPError(
                    .unauthorizedAccess,
                    "put a token of a policy with ServiceConnect to $cbs first, then attach again"
                )
            }
            return .deviceMessages
        case ("messages/devicebound", .receiver):
            throw AMQPError(.notAllowed, "/messages/devicebound only takes messages: attach to it as a sender")
        case (let path, _) where path.hasPrefix("messages/servicebound"):
            throw AMQPError(.notImplemented, "read feedback with GET /messages/serviceBound/feedback over HTTPS")
        case (let path, _) where path.hasPrefix("messages/events"):
            throw AMQPError(.notImplemented, "read telemetry from the Kafka endpoint, topic telemetry")
        case (let path, _) where path.hasPrefix("devices/"):
            throw AMQPError(.notImplemented, "devices connect with MQTT; over AMQP services send to devices")
        default:
            throw AMQPError(
                .notFound,
                "there is no \(address.prefix(128)); $cbs and /messages/devicebound are served"
            )
        }
    }

    /// Bytes of the longest address.
    private static let bytesMax = 512

    /// The address without scheme, host and slashes around it, in lower case.
    private static func path(_ address: String) -> String {
        var rest = address.lowercased()[...]
        for scheme in ["amqps://", "amqp://"] where rest.hasPrefix(scheme) {
            rest = rest.dropFirst(scheme.count).drop { $0 != "/" }
        }
        if rest.hasPrefix("/") { rest = rest.dropFirst() }
        if rest.hasSuffix("/") { rest = rest.dropLast() }
        return String(rest)
    }
}
