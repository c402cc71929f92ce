/// Password, topics and limits of an identity as the gateway answers them.
package struct AccessDescription: Codable, Equatable, Sendable {
    /// Topic filters with the placeholders `{device}`, `{module}` and `{client}`.
    package struct Permissions: Codable, Equatable, Sendable {
        package var publish: [String]
        package var subscribe: [String]
    }

    /// What is set; what is not follows the configuration, 0 is no limit.
    package struct Limits: Codable, Equatable, Sendable {
        package var messagesPerSecond: Int?
        package var bytesPerSecond: Int?
        package var connectsPerMinute: Int?

        /// Limits.
        package init(messagesPerSecond: Int? = nil, bytesPerSecond: Int? = nil, connectsPerMinute: Int? = nil) {
            self.messagesPerSecond = messagesPerSecond
            self.bytesPerSecond = bytesPerSecond
            self.connectsPerMinute = connectsPerMinute
        }
    }

    /// Whether a password opens it; the password itself is not kept.
    package var hasPassword: Bool
    package var permissions: Permissions
    package var limits: Limits
}
