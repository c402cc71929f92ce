package import TelemetryJSON
package import TwinModel

/// An identity with its twin.
package struct StoredTwin: Equatable, Sendable {
    /// Whose twin it is.
    package var identity: DeviceIdentity
    /// The twin.
    package var twin: Twin

    /// A twin of an identity.
    package init(identity: DeviceIdentity, twin: Twin) {
        self.identity = identity
        self.twin = twin
    }

    /// The twin as the service reads it.
    ///
    /// - Parameters:
    ///   - live: what the registry does not know of its connection.
    ///   - messageCount: cloud-to-device messages that wait for it.
    ///   - configurations: the states of the configurations that apply to it, by their ids.
    /// - Returns: The document of contract twins section 1.
    package func serviceView(live: LiveState, messageCount: Int, configurations: JSONObject = [:]) -> JSONObject {
        let identity = self.identity
        var view = IdentityView(
            id: identity.id,
            etag: identity.etag,
            authenticationType: identity.kind.rawValue
        )
        view.isEnabled = identity.status == .enabled
        view.statusReason = identity.statusReason
        view.statusUpdateTime = identity.statusUpdatedTime
        view.isConnected = live.isConnected
        view.lastActivityTime = live.lastActivityTime
        view.cloudToDeviceMessageCount = messageCount
        view.primaryThumbprint = identity.primaryThumbprint?.hex
        view.secondaryThumbprint = identity.secondaryThumbprint?.hex
        view.isEdge = identity.isEdge
        view.configurations = configurations
        return self.twin.serviceView(of: view)
    }
}
