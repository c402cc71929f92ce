package import TelemetryModel

/// Decides whether a token opens a resource of this hub. Pure: the caller brings keys and time.
///
/// Source: contract iothub-mqtt section 3.
package struct TokenVerifier: Sendable {
    /// Why a token is refused; for logs and counters, never told to the peer.
    package enum Refusal: Error, Equatable, Sendable {
        case expired
        case wrongResource
        case unknownPolicy
        case missingPermission
        case wrongKey
    }

    /// The names the hub answers to, lower case.
    package let hubNames: [String]
    private let policies: [String: ServicePolicy]

    /// A verifier for a hub of these names and policies.
    package init(hubNames: [String], policies: [ServicePolicy]) {
        self.hubNames = hubNames.map { $0.lowercased() }
        self.policies = Dictionary(policies.map { ($0.name, $0) }) { _, last in last }
    }

    /// Whether `hostName`, perhaps with a port, is one of the hub's names.
    package func isHub(_ hostName: some StringProtocol) -> Bool {
        self.hubNames.contains(TokenVerifier.withoutPort(hostName.lowercased()))
    }

    /// Checks a device's or module's token.
    ///
    /// - Parameters:
    ///   - token: what the client gave.
    ///   - identity: who connects.
    ///   - keys: the identity's base64 keys; `nil` when there is no such enabled `sas` identity, which a policy's
    ///     token does not need.
    ///   - now: wall time.
    /// - Throws: `Refusal`.
    package func verify(
        _ token: SASToken,
        of identity: IdentityID,
        keys: [String]?,
        at now: Timestamp
    ) throws(Refusal) {
        let path = identity.module.map { "devices/\(identity.device)/modules/\($0)" } ?? "devices/\(identity.device)"
        try self.verifyCommon(token, path: "/\(path)", at: now)
        if let policy = token.policy {
            try self.verify(token, signedBy: policy, permitting: .deviceConnect)
        } else {
            guard token.isSigned(withAnyOf: keys ?? []) else { throw .wrongKey }
        }
    }

    /// Checks a service's token for an operation that needs any of `permissions`.
    ///
    /// - Parameters:
    ///   - token: what the client gave.
    ///   - permissions: one of these is enough.
    ///   - now: wall time.
    /// - Throws: `Refusal`.
    package func verifyService(
        _ token: SASToken,
        permitting permissions: ServicePolicy.Permissions,
        at now: Timestamp
    ) throws(Refusal) {
        try self.verifyCommon(token, path: "", at: now)
        guard let policy = token.policy else { throw .unknownPolicy }
        try self.verify(token, signedBy: policy, permitting: permissions)
    }

    private func verifyCommon(_ token: SASToken, path: String, at now: Timestamp) throws(Refusal) {
        guard token.expiry > now else { throw .expired }
        let host = token.resource.prefix { $0 != "/" }
        guard self.isHub(host), token.covers("\(host)\(path)") else { throw .wrongResource }
    }

    private func verify(
        _ token: SASToken,
        signedBy name: String,
        permitting permissions: ServicePolicy.Permissions
    ) throws(Refusal) {
        guard let policy = self.policies[name] else { throw .unknownPolicy }
        guard token.isSigned(withAnyOf: [policy.primaryKey, policy.secondaryKey]) else { throw .wrongKey }
        guard !policy.permissions.isDisjoint(with: permissions) else { throw .missingPermission }
    }

    private static func withoutPort(_ host: String) -> String {
        guard let colon = host.lastIndex(of: ":"), host[host.index(after: colon)...].allSatisfy(\.isNumber),
            !host[..<colon].contains(":") || host[..<colon].hasSuffix("]")
        else { return host }
        return String(host[..<colon])
    }
}
