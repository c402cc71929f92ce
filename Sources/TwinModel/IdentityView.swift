package import TelemetryJSON
package import TelemetryModel

/// What the service's view of a twin tells of its identity.
///
/// Source: contract twins section 1.
package struct IdentityView: Equatable, Sendable {
    /// Whose twin it is.
    package var id: IdentityID
    /// The identity's own etag, bare.
    package var etag: String
    /// Whether it may connect.
    package var isEnabled: Bool
    /// Why it is as it is; `nil` when nobody said.
    package var statusReason: String?
    /// When the status last changed; `nil` for never.
    package var statusUpdateTime: Timestamp?
    /// Whether it is connected now.
    package var isConnected: Bool
    /// When it was last heard of; `nil` for never.
    package var lastActivityTime: Timestamp?
    /// Messages that wait for it.
    package var cloudToDeviceMessageCount: Int
    /// `sas`, `selfSigned`, `certificateAuthority` or `none`.
    package var authenticationType: String
    /// The thumbprint of its first certificate.
    package var primaryThumbprint: String?
    /// The thumbprint of its second certificate.
    package var secondaryThumbprint: String?
    /// Whether it is an edge device; not told of modules.
    package var isEdge: Bool
    /// The states of the configurations that apply to it, by their ids; left out when empty.
    package var configurations: JSONObject

    /// An enabled identity that has never connected.
    package init(id: IdentityID, etag: String, authenticationType: String) {
        self.id = id
        self.etag = etag
        self.isEnabled = true
        self.isConnected = false
        self.cloudToDeviceMessageCount = 0
        self.authenticationType = authenticationType
        self.isEdge = false
        self.configurations = [:]
    }
}
