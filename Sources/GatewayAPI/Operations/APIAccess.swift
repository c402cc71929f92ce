import HubProtocol

/// Who may call an operation.
///
/// Source: contract iothub-rest section 1, "Permissions".
struct APIAccess: Equatable, Sendable {
    /// Of each set the caller's policy needs one permission; without sets no token is asked for.
    let needed: [ServicePolicy.Permissions]
    /// Whether a setting opens it to everybody over HTTP: see ``APIConfiguration/isObservationAnonymous``.
    let isObservation: Bool

    private init(_ needed: [ServicePolicy.Permissions], isObservation: Bool = false) {
        self.needed = needed
        self.isObservation = isObservation
    }

    /// Reads identities and configurations.
    static let registryRead = APIAccess([.registryRead])
    /// Changes identities and configurations.
    static let registryWrite = APIAccess([.registryWrite])
    /// Operates devices, reads the log.
    static let serviceConnect = APIAccess([.serviceConnect])
    /// Everybody who may read something.
    static let operators = APIAccess([[.registryRead, .serviceConnect]])
    /// Who may change everything: jobs, topics, enrolments.
    static let managing = APIAccess([.registryWrite, .serviceConnect])
    /// Health, metrics.
    static let observation = APIAccess([[.registryRead, .serviceConnect]], isObservation: true)
    /// Everybody, without a token.
    static let everybody = APIAccess([])
}
