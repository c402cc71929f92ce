package import TelemetryModel

/// A registered device or module: who may connect and how it proves itself.
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
    /// Who made a module, in the maker's words; `nil` for devices.
    package var managedBy: String?
    /// How it proves itself.
    package var kind: AuthenticationKind
    /// Base64 of 16 to 64 bytes; counts only for ``AuthenticationKind/sas``.
    package var primaryKey: String
    /// See ``primaryKey``.
    package var secondaryKey: String
    /// Counts only for ``AuthenticationKind/selfSigned``.
    package var primaryThumbprint: Thumbprint?
    /// See ``primaryThumbprint``.
    package var secondaryThumbprint: Thumbprint?
    /// Password, topics and limits.
    package var access: IdentityAccess
    /// `capabilities.iotEdge`: stored and served, and nothing else depends on it; `false` of modules.
    package var isEdge = false

    /// An identity as a caller asks for it; the store gives generation, etag and times.
    ///
    /// - Parameters:
    ///   - id: its name.
    ///   - status: whether it may connect.
    ///   - statusReason: the operator's words.
    ///   - kind: how it proves itself.
    ///   - primaryKey: base64; empty for other kinds than `sas`.
    ///   - secondaryKey: see `primaryKey`.
    ///   - primaryThumbprint: of its certificate.
    ///   - secondaryThumbprint: of its next certificate.
    ///   - access: password, topics and limits.
    package init(
        id: IdentityID,
        status: Status = .enabled,
        statusReason: String? = nil,
        kind: AuthenticationKind = .sas,
        primaryKey: String = "",
        secondaryKey: String = "",
        primaryThumbprint: Thumbprint? = nil,
        secondaryThumbprint: Thumbprint? = nil,
        access: IdentityAccess = IdentityAccess()
    ) {
        self.id = id
        self.generationID = ""
        self.etag = ""
        self.status = status
        self.statusReason = statusReason
        self.kind = kind
        self.primaryKey = primaryKey
        self.secondaryKey = secondaryKey
        self.primaryThumbprint = primaryThumbprint
        self.secondaryThumbprint = secondaryThumbprint
        self.access = access
    }

    /// Marks of all keys and certificates that open the identity's connections; see ``credentialMark(of:)``.
    package var credentialMarks: Set<Int> {
        let certificates = [self.primaryThumbprint, self.secondaryThumbprint].compactMap { $0?.hex }
        return Set(([self.primaryKey, self.secondaryKey] + certificates).map(DeviceIdentity.credentialMark))
    }

    /// Tells one key or thumbprint from another in this run of the process, and tells nothing else of it.
    package static func credentialMark(of text: String) -> Int {
        var hasher = Hasher()
        hasher.combine(text)
        return hasher.finalize()
    }

    /// When the identity was made: its generation is that time in nanoseconds.
    package var createdTime: Timestamp {
        Timestamp(milliseconds: (Int64(self.generationID) ?? 0) / 1_000_000)
    }

    /// Whether `other` opens to the same proofs and grants the same: when not, open connections no longer hold.
    package func hasSameCredentials(as other: DeviceIdentity) -> Bool {
        self.kind == other.kind && self.primaryKey == other.primaryKey && self.secondaryKey == other.secondaryKey
            && self.primaryThumbprint == other.primaryThumbprint
            && self.secondaryThumbprint == other.secondaryThumbprint && self.access == other.access
    }
}
