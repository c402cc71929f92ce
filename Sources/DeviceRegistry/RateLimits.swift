/// How much one identity may do; `nil` is the configuration's default, 0 is no limit.
package struct RateLimits: Equatable, Sendable, Codable {
    /// PUBLISH packets a second, of all its connections together.
    package var messagesPerSecond: Int?
    /// Bytes of topics and payloads a second, of all its connections together.
    package var bytesPerSecond: Int?
    /// CONNECT packets a minute, of all its connections.
    package var connectsPerMinute: Int?

    /// The largest limit that can be set.
    package static let valueMax = 1_000_000_000

    /// The configuration's defaults.
    package static let standard = RateLimits()

    /// Limits.
    package init(messagesPerSecond: Int? = nil, bytesPerSecond: Int? = nil, connectsPerMinute: Int? = nil) {
        self.messagesPerSecond = messagesPerSecond
        self.bytesPerSecond = bytesPerSecond
        self.connectsPerMinute = connectsPerMinute
    }
}
