/// An identity, device or module, as the gateway answers it.
///
/// Source: contract iothub-rest section 2.
package struct DeviceDescription: Codable, Equatable, Sendable {
    /// How the device proves itself.
    package struct Authentication: Codable, Equatable, Sendable {
        /// `sas`, `selfSigned`, `certificateAuthority` or `none`.
        package var type: String
        /// Its keys.
        package var symmetricKey: SymmetricKey
        /// Its certificates.
        package var x509Thumbprint: Thumbprints?
    }

    /// Two keys, base64; either signs. Empty where the type has none.
    package struct SymmetricKey: Codable, Equatable, Sendable {
        package var primaryKey: String
        package var secondaryKey: String

        package init(from decoder: any Decoder) throws {
            let members = try decoder.container(keyedBy: CodingKeys.self)
            self.primaryKey = try members.decodeIfPresent(String.self, forKey: .primaryKey) ?? ""
            self.secondaryKey = try members.decodeIfPresent(String.self, forKey: .secondaryKey) ?? ""
        }
    }

    /// Hex digits of SHA-1 or SHA-256.
    package struct Thumbprints: Codable, Equatable, Sendable {
        package var primaryThumbprint: String?
        package var secondaryThumbprint: String?
    }

    package var deviceId: String
    /// `nil` for the device itself.
    package var moduleId: String?
    /// Of a module: who looks after it.
    package var managedBy: String?
    package var generationId: String
    package var etag: String
    /// `enabled` or `disabled`; a module has none of its own.
    package var status: String?
    package var statusReason: String?
    package var statusUpdatedTime: String?
    /// `Connected` or `Disconnected`.
    package var connectionState: String
    /// ISO 8601; the year 1 when there was none.
    package var lastActivityTime: String?
    package var authentication: Authentication
    /// Password, topics and limits; a gateway of an older version has none.
    package var weir: AccessDescription?

    /// `device` or `device/module`.
    package var id: String { self.moduleId.map { "\(self.deviceId)/\($0)" } ?? self.deviceId }
}
