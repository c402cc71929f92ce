package import TelemetryModel

/// What the API asks of the servers that devices connect to; implemented where both meet.
package protocol ConnectionControlling: Sendable {
    /// Closes the connections of a device and of its modules; returns at once.
    ///
    /// - Parameters:
    ///   - identity: a device, or one module.
    ///   - reason: for the log and the lifecycle record.
    func disconnect(_ identity: IdentityID, reason: String)
    /// Whether the identity has an open connection.
    func isConnected(_ identity: IdentityID) -> Bool
    /// Identities connected now.
    var connectionCount: Int { get }
}
