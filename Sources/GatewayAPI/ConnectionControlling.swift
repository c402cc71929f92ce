package import DeviceRegistry
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

extension ConnectionControlling {
    /// Closes the connections that a change of an identity leaves without a right, or with other rights than they were given.
    ///
    /// Source: contract iothub-mqtt section 2.
    package func changed(_ old: DeviceIdentity, to new: DeviceIdentity) {
        let noun = new.id.noun
        if new.status == .disabled, old.status == .enabled {
            self.disconnect(.identity(new.id), reason: "the \(noun) was disabled")
        } else if new.kind != old.kind || new.access != old.access {
            let what = new.access.topics != old.access.topics ? "permissions" : "credentials"
            self.disconnect(.identity(new.id), reason: "the \(noun)'s \(what) were changed")
        } else if !new.hasSameCredentials(as: old) {
            // Who holds the other key or certificate goes on: one after the other can be replaced.
            let reason = "the key or certificate in use of the \(noun) was replaced"
            self.disconnect(.identity(new.id), keeping: new.credentialMarks, reason: reason)
        }
    }
}

extension IdentityID {
    /// What it is called.
    var noun: String { self.module == nil ? "device" : "module" }
}
