package import TelemetryModel
package import TwinModel

/// Who may register with the provisioning service, how it proves itself, and what its identity begins with.
///
/// Source: contract provisioning sections 2 and 5; the service's REST API "Individual Enrollment", "Enrollment Group".
package struct Enrollment: Equatable, Sendable {
    /// One device, or all that derive their keys, or have their certificates, from one thing.
    package enum Kind: String, CaseIterable, Sendable {
        case individual
        case group
    }

    /// What names an enrollment: kinds do not share names. Compared without case.
    package struct Reference: Hashable, Sendable, CustomStringConvertible {
        package let kind: Kind
        /// In lower case.
        package let key: String

        /// The enrollment of that name.
        package init(_ kind: Kind, _ name: String) {
            self.kind = kind
            self.key = name.lowercased()
        }

        package var description: String { "\(self.kind.rawValue) enrollment \(self.key)" }
    }

    /// How a device proves itself.
    package enum Attestation: Equatable, Sendable {
        /// Base64 keys: an individual's own, or those from which a group's are derived.
        case keys(primary: String, secondary: String)
        /// The device's own certificates, DER, one or two; of individual enrollments only.
        case certificates([[UInt8]])
        /// Authorities whose certificates are good, DER, one or two.
        case authorities([[UInt8]])
    }

    /// Characters of a name at most; those of a registration id.
    package static let nameLengthMax = 128

    package var kind: Kind
    /// The registration id, or the group's name, as the operator wrote it.
    package var name: String
    /// Changes with every update; compared by `If-Match`.
    package var etag = ""
    package var isEnabled: Bool
    package var attestation: Attestation
    /// The id of an individual's device; `nil` for its registration id.
    package var deviceID: String?
    /// The name of the hub it is assigned to; `nil` for the gateway's first.
    package var hubName: String?
    /// What the twin of a new identity begins with.
    package var initialTwin: TwinPatch?
    /// `capabilities.iotEdge` of a new identity.
    package var isEdge = false
    /// `updateHubAssignment`: whether a device that registers again may get another hub.
    package var followsHub: Bool
    /// `migrateDeviceData`: whether it then keeps its twin; otherwise that begins anew.
    package var keepsData: Bool
    package var createdAt = Timestamp(milliseconds: 0)
    package var updatedAt = Timestamp(milliseconds: 0)

    /// An enrollment as a caller asks for it; the store gives etag and times.
    package init(
        kind: Kind,
        name: String,
        isEnabled: Bool = true,
        attestation: Attestation,
        deviceID: String? = nil,
        hubName: String? = nil,
        initialTwin: TwinPatch? = nil,
        followsHub: Bool = true,
        keepsData: Bool = true
    ) {
        self.kind = kind
        self.name = name
        self.isEnabled = isEnabled
        self.attestation = attestation
        self.deviceID = deviceID
        self.hubName = hubName
        self.initialTwin = initialTwin
        self.followsHub = followsHub
        self.keepsData = keepsData
    }

    package var reference: Reference { Reference(self.kind, self.name) }

    /// Who writes what a registration changes.
    package var author: String { "dps:\(self.name)" }
}
