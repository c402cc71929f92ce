import DeviceRegistry

/// What a connection's attributes say of the proof that a registration needs: they go from CONNECT to its requests, and into
/// the lifecycle record.
enum RegistrationAttributes {
    private static let kind = "enrollmentKind"
    private static let key = "enrollment"
    private static let etag = "enrollmentEtag"

    static func make(_ proof: ProvisioningProof) -> [String: String] {
        [
            RegistrationAttributes.kind: proof.enrollment.kind.rawValue,
            RegistrationAttributes.key: proof.enrollment.key, RegistrationAttributes.etag: proof.etag,
        ]
    }

    /// The proof; `nil` when the attributes are another kind of connection's.
    static func proof(_ attributes: [String: String]) -> ProvisioningProof? {
        guard let kind = attributes[RegistrationAttributes.kind].flatMap({ Enrollment.Kind(rawValue: $0) }),
            let key = attributes[RegistrationAttributes.key], let etag = attributes[RegistrationAttributes.etag]
        else { return nil }
        return ProvisioningProof(Enrollment.Reference(kind, key), etag: etag)
    }
}
