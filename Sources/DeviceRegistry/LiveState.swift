package import TelemetryModel

/// What is known of an identity's connection, and stands in no database.
package struct LiveState: Equatable, Sendable {
    /// Whether it is connected now.
    package var isConnected: Bool
    /// When it was last heard of; `nil` for never.
    package var lastActivityTime: Timestamp?
    /// When it last connected or disconnected; `nil` for never.
    package var connectionStateUpdatedTime: Timestamp?

    /// A state; without arguments that of an identity that nobody has seen.
    package init(
        isConnected: Bool = false,
        lastActivityTime: Timestamp? = nil,
        connectionStateUpdatedTime: Timestamp? = nil
    ) {
        self.isConnected = isConnected
        self.lastActivityTime = lastActivityTime
        self.connectionStateUpdatedTime = connectionStateUpdatedTime
    }
}
