/// How fast one principal may send; its connections share what there is.
///
/// Above a rate nothing is lost: the connection is read later. A second's worth may come at once.
package struct ConnectionRates: Equatable, Sendable {
    /// PUBLISH packets a second, at least 1; `nil` = no limit.
    package var messagesPerSecond: Int?
    /// Bytes of topics and payloads a second, at least 1; `nil` = no limit.
    package var bytesPerSecond: Int?

    /// Rates of a principal.
    package init(messagesPerSecond: Int? = nil, bytesPerSecond: Int? = nil) {
        precondition((messagesPerSecond ?? 1) > 0 && (bytesPerSecond ?? 1) > 0, "a rate is at least 1 a second")
        self.messagesPerSecond = messagesPerSecond
        self.bytesPerSecond = bytesPerSecond
    }
}
