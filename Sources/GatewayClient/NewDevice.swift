import HubProtocol
package import TelemetryJSON

/// A device, or a module of one, to register. Without keys the gateway makes them.
package struct NewDevice: Equatable, Sendable {
    /// `device` or `device/module`.
    package var id: String
    /// Base64 of 16 to 64 bytes; `nil`: the gateway makes one.
    package var primaryKey: String?
    /// See ``primaryKey``.
    package var secondaryKey: String?
    /// `enabled` or `disabled`.
    package var status: String
    /// The operator's words on the status, up to 128 characters.
    package var statusReason: String?
    /// `nil`: keys, the ones above or new ones.
    package var authentication: DeviceAuthentication?
    /// Password, topics and limits.
    package var access: AccessChange
    /// Of a module: who looks after it.
    package var managedBy: String?
    /// What its twin's tags are to be; `nil`: none, or what they are. Only bulk requests carry it.
    package var tags: JSONObject?
    /// What its twin's desired properties are to be; `nil`: none, or what they are. Only bulk requests carry it.
    package var desired: JSONObject?

    /// What the reported properties of a new twin begin with; those of one that is there stay. Only bulk requests carry it.
    package var reported: JSONObject?
    /// The device model that a new twin names; `nil`: none. Only bulk requests carry it.
    package var modelID: String?
    /// `capabilities.iotEdge`; `nil`: no, or what it is.
    package var isEdge: Bool?

    /// Whether it is a module.
    package var isModule: Bool { self.id.contains("/") }

    /// A device whose keys the gateway makes, unless given.
    package init(
        id: String,
        primaryKey: String? = nil,
        secondaryKey: String? = nil,
        status: String = "enabled",
        statusReason: String? = nil,
        authentication: DeviceAuthentication? = nil,
        access: AccessChange = AccessChange(),
        managedBy: String? = nil,
        tags: JSONObject? = nil,
        desired: JSONObject? = nil,
        reported: JSONObject? = nil,
        modelID: String? = nil,
        isEdge: Bool? = nil
    ) {
        self.id = id
        self.primaryKey = primaryKey
        self.secondaryKey = secondaryKey
        self.status = status
        self.statusReason = statusReason
        self.authentication = authentication
        self.access = access
        self.managedBy = managedBy
        self.tags = tags
        self.desired = desired
        self.reported = reported
        self.modelID = modelID
        self.isEdge = isEdge
    }

    /// A device with two new random keys that the caller knows before the gateway does.
    package static func withNewKeys(id: String) -> NewDevice {
        NewDevice(id: id, primaryKey: SASToken.makeKey(), secondaryKey: SASToken.makeKey())
    }

    /// What is asked for: an authentication, or the keys, or nothing.
    private var wantedAuthentication: DeviceAuthentication? {
        if let authentication = self.authentication { return authentication }
        guard self.primaryKey != nil || self.secondaryKey != nil else { return nil }
        return .sas(primaryKey: self.primaryKey, secondaryKey: self.secondaryKey)
    }

    /// Writes the device as the registry's calls want it.
    ///
    /// - Parameters:
    ///   - writer: gets one object.
    ///   - idKey: `deviceId`, in bulk entries `id`.
    ///   - importMode: what a bulk entry does.
    func write(to writer: inout JSONWriter, idKey: String, importMode: String? = nil) {
        let parts = self.id.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        writer.beginObject()
        writer.key(idKey)
        writer.string(String(parts[0]))
        if parts.count > 1 {
            writer.key("moduleId")
            writer.string(String(parts[1]))
        }
        if let importMode {
            writer.key("importMode")
            writer.string(importMode)
        }
        if let managedBy = self.managedBy {
            writer.key("managedBy")
            writer.string(managedBy)
        }
        if !self.isModule || self.status != "enabled" {
            writer.key("status")
            writer.string(self.status)
        }
        if let statusReason = self.statusReason {
            writer.key("statusReason")
            writer.string(statusReason)
        }
        if let authentication = self.wantedAuthentication {
            writer.key("authentication")
            authentication.write(to: &writer)
        }
        if let isEdge = self.isEdge {
            writer.key("capabilities")
            writer.object(["iotEdge": .bool(isEdge)])
        }
        if !self.access.isEmpty {
            writer.key("weir")
            writer.beginObject()
            self.access.writeMembers(to: &writer)
            writer.endObject()
        }
        if importMode != nil { self.writeTwin(to: &writer) }
        writer.endObject()
    }

    private func writeTwin(to writer: inout JSONWriter) {
        if let tags = self.tags {
            writer.key("tags")
            writer.object(tags)
        }
        var properties: JSONObject = [:]
        if let desired = self.desired { properties["desired"] = .object(desired) }
        if let reported = self.reported { properties["reported"] = .object(reported) }
        if !properties.isEmpty {
            writer.key("properties")
            writer.object(properties)
        }
        if let modelID = self.modelID {
            writer.key("modelId")
            writer.string(modelID)
        }
    }
}
