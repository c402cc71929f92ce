/// An identity as the gateway answers it.
///
/// Source: contract iothub-rest section 2.
package struct DeviceDescription: Codable, Equatable, Sendable {
    /// How the device proves itself.
    package struct Authentication: Codable, Equatable, Sendable {
        /// `sas`.
        package var type: String
        /// Its keys.
        package var symmetricKey: SymmetricKey
    }

    /// Two keys, base64; either signs.
    package struct SymmetricKey: Codable, Equatable, Sendable {
        package var primaryKey: String
        package var secondaryKey: String
    }

    package var deviceId: String
    package var generationId: String
    package var etag: String
    /// `enabled` or `disabled`.
    package var status: String
    package var statusReason: String?
    package var statusUpdatedTime: String
    /// `Connected` or `Disconnected`.
    package var connectionState: String
    package var authentication: Authentication
}
