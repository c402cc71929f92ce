import TelemetryJSON

/// How a device proves itself, as a caller asks for it.
///
/// Source: contract iothub-rest section 2, `authentication`.
package enum DeviceAuthentication: Equatable, Sendable {
    /// Two keys, base64 of 16 to 64 bytes; the gateway makes those that are `nil`.
    case sas(primaryKey: String?, secondaryKey: String?)
    /// Certificates by their thumbprints, at least one.
    case selfSigned(primary: String?, secondary: String?)
    /// A certificate of a CA the gateway knows, with the device's id as common name.
    case certificateAuthority
    /// The password alone.
    case none

    /// Writes the object.
    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("type")
        switch self {
        case .sas(let primary, let secondary):
            writer.string("sas")
            self.write("symmetricKey", [("primaryKey", primary), ("secondaryKey", secondary)], to: &writer)
        case .selfSigned(let primary, let secondary):
            writer.string("selfSigned")
            self.write(
                "x509Thumbprint",
                [("primaryThumbprint", primary), ("secondaryThumbprint", secondary)],
                to: &writer
            )
        case .certificateAuthority:
            writer.string("certificateAuthority")
        case .none:
            writer.string("none")
        }
        writer.endObject()
    }

    private func write(_ name: String, _ members: [(String, String?)], to writer: inout JSONWriter) {
        writer.key(name)
        writer.beginObject()
        for (key, value) in members {
            writer.key(key)
            writer.string(value ?? "")
        }
        writer.endObject()
    }
}
