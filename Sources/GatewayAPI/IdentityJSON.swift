import DeviceRegistry
import TelemetryJSON
import TelemetryModel

/// Writes identities as the contract answers them, with `weir` beside.
///
/// Source: contract iothub-rest section 2, "Identity answered".
enum IdentityJSON {
    /// What the contract writes for an instant that never was.
    private static let never = "0001-01-01T00:00:00"

    static func write(
        _ identity: DeviceIdentity,
        isConnected: Bool,
        changedAt: Timestamp?,
        lastActivity: Timestamp?,
        messageCount: Int,
        to writer: inout JSONWriter
    ) {
        writer.beginObject()
        if let module = identity.id.module {
            self.member("moduleId", module, to: &writer)
            self.member("managedBy", identity.managedBy, to: &writer)
        }
        self.member("deviceId", identity.id.device, to: &writer)
        self.member("generationId", identity.generationID, to: &writer)
        self.member("etag", identity.etag, to: &writer)
        self.member("connectionState", isConnected ? "Connected" : "Disconnected", to: &writer)
        if identity.id.module == nil {
            self.member("status", identity.status.rawValue, to: &writer)
            self.member("statusReason", identity.statusReason, to: &writer)
            self.member("statusUpdatedTime", identity.statusUpdatedTime?.description ?? self.never, to: &writer)
        }
        self.member("connectionStateUpdatedTime", changedAt?.description ?? self.never, to: &writer)
        self.member("lastActivityTime", lastActivity?.description ?? self.never, to: &writer)
        writer.key("cloudToDeviceMessageCount")
        writer.number(messageCount)
        self.writeAuthentication(of: identity, to: &writer)
        if identity.id.module == nil {
            writer.key("capabilities")
            writer.beginObject()
            writer.key("iotEdge")
            writer.bool(identity.isEdge)
            writer.endObject()
        }
        writer.key("weir")
        writer.beginObject()
        AccessJSON.writeMembers(of: identity.access, to: &writer)
        writer.endObject()
        writer.endObject()
    }

    private static func writeAuthentication(of identity: DeviceIdentity, to writer: inout JSONWriter) {
        writer.key("authentication")
        writer.beginObject()
        writer.key("symmetricKey")
        writer.beginObject()
        self.member("primaryKey", identity.kind == .sas ? identity.primaryKey : nil, to: &writer)
        self.member("secondaryKey", identity.kind == .sas ? identity.secondaryKey : nil, to: &writer)
        writer.endObject()
        writer.key("x509Thumbprint")
        writer.beginObject()
        self.member("primaryThumbprint", identity.primaryThumbprint?.hex, to: &writer)
        self.member("secondaryThumbprint", identity.secondaryThumbprint?.hex, to: &writer)
        writer.endObject()
        self.member("type", identity.kind.rawValue, to: &writer)
        writer.endObject()
    }

    private static func member(_ name: String, _ value: String?, to writer: inout JSONWriter) {
        writer.key(name)
        if let value { writer.string(value) } else { writer.null() }
    }
}
