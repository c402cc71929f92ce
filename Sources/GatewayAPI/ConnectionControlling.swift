package import TelemetryModel

/// What the API asks of the servers that devices and applications connect to; implemented where both meet.
package protocol ConnectionControlling: Sendable {
    /// Closes the connections of a principal, of a device those of its modules too; returns at once.
    ///
    /// - Parameters:
    ///   - principal: a device, one module, or an application.
    ///   - reason: for the log and the lifecycle record.
    func disconnect(_ principal: Principal, reason: String)
    /// Closes the connections of a principal that another key or certificate opened than these; returns at once.
    ///
    /// - Parameters:
    ///   - principal: a device or module.
    ///   - credentials: `DeviceIdentity.credentialMarks` of what opens it now.
    ///   - reason: for the log and the lifecycle record.
    func disconnect(_ principal: Principal, keeping credentials: Set<Int>, reason: String)
    /// The same for principals that were deleted, whose sessions end, too; returns at once.
    ///
    /// - Parameters:
    ///   - principals: devices, with their modules, modules, or applications.
    ///   - reason: for the log and the lifecycle record.
    func forget(_ principals: [Principal], reason: String)
    /// Whether the principal has an open connection.
    func isConnected(_ principal: Principal) -> Bool
    /// Principals connected now.
    var connectionCount: Int { get }
}
