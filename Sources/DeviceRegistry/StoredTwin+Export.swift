package import TelemetryJSON
import TelemetryModel
import TwinModel

extension StoredTwin {
    /// The identity with its twin as one entry of an import, which makes the same again: one line of an exported registry.
    ///
    /// It has the members of a bulk entry, with keys, thumbprints and the hash of the password (`weir.passwordHash`): who has it
    /// is the device. Generation, etags, versions and metadata belong to this gateway, are not made again and not in it: what
    /// was imported is exported as the same line.
    ///
    /// Source: contract iothub-rest section 2, "Bulk entries"; `weir` is our extension.
    package var exportEntry: JSONObject {
        let identity = self.identity
        var entry: JSONObject = ["deviceId": .string(identity.id.device)]
        if let module = identity.id.module { entry.set("moduleId", to: .string(module)) }
        if let managedBy = identity.managedBy { entry.set("managedBy", to: .string(managedBy)) }
        entry.set("status", to: .string(identity.status.rawValue))
        if let reason = identity.statusReason { entry.set("statusReason", to: .string(reason)) }
        entry.set("authentication", to: .object(self.authentication))
        if identity.isEdge { entry.set("capabilities", to: .object(["iotEdge": .bool(true)])) }
        if !self.twin.modelID.isEmpty { entry.set("modelId", to: .string(self.twin.modelID)) }
        if !self.twin.tags.isEmpty { entry.set("tags", to: .object(self.twin.tags)) }
        var properties = JSONObject()
        for (name, values) in [("desired", self.twin.desired.values), ("reported", self.twin.reported.values)] {
            if !values.isEmpty { properties.set(name, to: .object(values)) }
        }
        if !properties.isEmpty { entry.set("properties", to: .object(properties)) }
        let access = self.access
        if !access.isEmpty { entry.set("weir", to: .object(access)) }
        return entry
    }

    private var authentication: JSONObject {
        let identity = self.identity
        var authentication: JSONObject = ["type": .string(identity.kind.rawValue)]
        switch identity.kind {
        case .sas:
            let keys: JSONObject = [
                "primaryKey": .string(identity.primaryKey), "secondaryKey": .string(identity.secondaryKey),
            ]
            authentication.set("symmetricKey", to: .object(keys))
        case .selfSigned:
            var thumbprints = JSONObject()
            for (name, thumbprint) in [
                ("primaryThumbprint", identity.primaryThumbprint),
                ("secondaryThumbprint", identity.secondaryThumbprint),
            ] {
                if let thumbprint { thumbprints.set(name, to: .string(thumbprint.hex)) }
            }
            authentication.set("x509Thumbprint", to: .object(thumbprints))
        case .certificateAuthority, .none:
            break
        }
        return authentication
    }

    private var access: JSONObject {
        let access = self.identity.access
        var object = JSONObject()
        if let password = access.password { object.set("passwordHash", to: .string(password.text)) }
        if !access.topics.isEmpty {
            let permissions: JSONObject = [
                "publish": .array(access.topics.publish.map { .string($0) }),
                "subscribe": .array(access.topics.subscribe.map { .string($0) }),
            ]
            object.set("permissions", to: .object(permissions))
        }
        var limits = JSONObject()
        for (name, value) in [
            ("messagesPerSecond", access.limits.messagesPerSecond), ("bytesPerSecond", access.limits.bytesPerSecond),
            ("connectsPerMinute", access.limits.connectsPerMinute),
        ] {
            if let value { limits.set(name, to: .integer(Int64(value))) }
        }
        if !limits.isEmpty { object.set("limits", to: .object(limits)) }
        return object
    }
}
