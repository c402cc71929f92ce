internal import Synchronization
package import TelemetryModel

/// Which identities are connected, and when each was last heard of. Used from any thread.
package final class LinkTable: Sendable {
    /// What operators see of an identity's connection.
    package struct State: Equatable, Sendable {
        package var isConnected: Bool
        /// In this run of the gateway; `nil` for never.
        package var lastActivity: Timestamp?

        /// A state.
        package init(isConnected: Bool, lastActivity: Timestamp?) {
            self.isConnected = isConnected
            self.lastActivity = lastActivity
        }
    }

    /// Whether an identity is connected, and when it was last heard of. O(1).
    package func state(of id: IdentityID) -> State {
        State(isConnected: false, lastActivity: nil)
    }

    /// How many devices are connected, without modules.
    package var connectedDeviceCount: Int { 0 }
}
