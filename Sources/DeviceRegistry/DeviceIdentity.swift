package import TelemetryModel

/// A registered device or module: who may connect and with which keys.
///
/// Source: contract iothub-rest section 2.
package struct DeviceIdentity: Equatable, Sendable {
    /// Whether the identity may connect.
    package enum Status: String, Sendable {
        case enabled
        case disabled
    }

    /// Its name.
    package var id: IdentityID
    /// Changes when an identity is deleted and made again; decimal, growing.
    package var generationID: String
    /// Changes with every update; compared by `If-Match`.
    package var etag: String
    /// Whether it may connect.
    package var status: Status
    /// The operator's words on the status, up to 128 characters.
    package var statusReason: String?
    /// When the status last changed; `nil` = never.
    package var statusUpdatedTime: Timestamp?
    /// Base64 of 16 to 64 bytes.
    package var primaryKey: String
    /// See ``primaryKey``.
    package var secondaryKey: String

    /// An identity as a caller asks for it; the store gives generation, etag and times.
    ///
    /// - Parameters:
    ///   - id: its name.
    ///   - status: whether it may connect.
    ///   - statusReason: the operator's words.
    ///   - primaryKey: base64.
    ///   - secondaryKey: base64.
    package init(
        id: IdentityID,
        status: Status = .enabled,
        statusReason: String? = nil,
        primaryKey: String,
        secondaryKey: String
    ) {
        self.id = id
        self.generationID = ""
        self.etag = ""
        self.status = status
        self.statusReason = statusReason
        self.statusUpdatedTime = nil
        self.primaryKey = primaryKey
        self.secondaryKey = secondaryKey
    }
}
