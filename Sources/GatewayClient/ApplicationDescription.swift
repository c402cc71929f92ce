import TelemetryJSON

/// An application as the gateway answers it.
package struct ApplicationDescription: Codable, Equatable, Sendable {
    package var name: String
    package var generationId: String
    package var etag: String
    /// `enabled` or `disabled`.
    package var status: String
    /// `Connected` or `Disconnected`.
    package var connectionState: String
    /// Of its certificate, when it has one.
    package var thumbprint: String?
    package var hasPassword: Bool
    package var permissions: AccessDescription.Permissions
    package var limits: AccessDescription.Limits
}

/// What an application is to be; what is not named stays, or is nothing.
package struct ApplicationChange: Equatable, Sendable {
    /// 1 to 128 characters, those of a device id.
    package var name: String
    /// `enabled` or `disabled`.
    package var status: String?
    /// Of its certificate; empty takes it away.
    package var thumbprint: String?
    package var access: AccessChange

    /// A change.
    package init(name: String, status: String? = nil, thumbprint: String? = nil, access: AccessChange = AccessChange())
    {
        self.name = name
        self.status = status
        self.thumbprint = thumbprint
        self.access = access
    }

    /// The body of the call.
    func json() -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        for (key, value) in [("status", self.status), ("thumbprint", self.thumbprint)] {
            guard let value else { continue }
            writer.key(key)
            writer.string(value)
        }
        self.access.writeMembers(to: &writer)
        writer.endObject()
        return writer.bytes
    }
}
