package import TelemetryJSON
package import TelemetryModel

extension Twin {
    /// What the device reads: `{"desired":{…,"$version":2},"reported":{…,"$version":3}}`.
    ///
    /// Source: contract iothub-mqtt section 5.
    package var deviceView: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("desired")
        writer.object(self.desired.deviceView)
        writer.key("reported")
        writer.object(self.reported.deviceView)
        writer.endObject()
        return writer.bytes
    }

    /// What the service reads, and what a query's row is.
    ///
    /// Source: contract twins section 1.
    ///
    /// - Parameter identity: whose twin it is.
    /// - Returns: The document; tags are always there.
    package func serviceView(of identity: IdentityView) -> JSONObject {
        var view: JSONObject = ["deviceId": .string(identity.id.device)]
        if let module = identity.id.module { view.set("moduleId", to: .string(module)) }
        view.set("etag", to: .string(self.etag))
        view.set("deviceEtag", to: .string(identity.etag))
        view.set("status", to: .string(identity.isEnabled ? "enabled" : "disabled"))
        view.set("statusReason", to: Twin.text(identity.statusReason))
        view.set("statusUpdateTime", to: Twin.text(identity.statusUpdateTime))
        view.set("connectionState", to: .string(identity.isConnected ? "Connected" : "Disconnected"))
        view.set("lastActivityTime", to: Twin.text(identity.lastActivityTime))
        view.set("cloudToDeviceMessageCount", to: .integer(Int64(identity.cloudToDeviceMessageCount)))
        view.set("authenticationType", to: .string(identity.authenticationType))
        let thumbprints: JSONObject = [
            "primaryThumbprint": Twin.text(identity.primaryThumbprint),
            "secondaryThumbprint": Twin.text(identity.secondaryThumbprint),
        ]
        view.set("x509Thumbprint", to: .object(thumbprints))
        view.set("modelId", to: .string(self.modelID))
        view.set("version", to: .integer(self.version))
        view.set("tags", to: .object(self.tags))
        view.set("properties", to: .object(self.propertiesView))
        if identity.id.module == nil {
            view.set("capabilities", to: .object(["iotEdge": .bool(identity.isEdge)]))
        }
        if !identity.configurations.isEmpty {
            view.set("configurations", to: .object(identity.configurations))
        }
        return view
    }

    /// The twin as its lifecycle events and the event of a replacement tell it: ids, etag, version, tags unless empty, and
    /// properties with metadata.
    ///
    /// Source: contract iothub-rest section 10, "Events made by the hub".
    ///
    /// - Parameter id: whose twin it is.
    /// - Returns: The body of the event.
    package func eventView(of id: IdentityID) -> JSONObject {
        var view: JSONObject = ["deviceId": .string(id.device)]
        if let module = id.module { view.set("moduleId", to: .string(module)) }
        view.set("etag", to: .string(self.etag))
        view.set("version", to: .integer(self.version))
        if !self.tags.isEmpty { view.set("tags", to: .object(self.tags)) }
        view.set("properties", to: .object(self.propertiesView))
        return view
    }

    private var propertiesView: JSONObject {
        [
            "desired": .object(self.desired.serviceView(withVersions: true)),
            "reported": .object(self.reported.serviceView(withVersions: false)),
        ]
    }

    private static func text(_ text: String?) -> JSONValue {
        text.map { .string($0) } ?? .null
    }

    /// A time, or the service's word for never.
    private static func text(_ time: Timestamp?) -> JSONValue {
        .string(time.map(WriteStamp.text) ?? "0001-01-01T00:00:00")
    }
}
