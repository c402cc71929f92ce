import HubProtocol

/// A device to register. Without keys the gateway makes them.
package struct NewDevice: Equatable, Sendable {
    package var id: String
    /// Base64 of 16 to 64 bytes; `nil`: the gateway makes one.
    package var primaryKey: String?
    /// See ``primaryKey``.
    package var secondaryKey: String?
    /// `enabled` or `disabled`.
    package var status: String
    /// The operator's words on the status, up to 128 characters.
    package var statusReason: String?

    /// A device whose keys the gateway makes, unless given.
    package init(
        id: String,
        primaryKey: String? = nil,
        secondaryKey: String? = nil,
        status: String = "enabled",
        statusReason: String? = nil
    ) {
        self.id = id
        self.primaryKey = primaryKey
        self.secondaryKey = secondaryKey
        self.status = status
        self.statusReason = statusReason
    }

    /// A device with two new random keys that the caller knows before the gateway does.
    package static func withNewKeys(id: String) -> NewDevice {
        NewDevice(id: id, primaryKey: SASToken.makeKey(), secondaryKey: SASToken.makeKey())
    }
}
