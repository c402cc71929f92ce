import DeviceRegistry
import HubProtocol
import MQTTCodec
import MQTTServer
import TelemetryModel

extension RegistryAuthenticator {
    /// Keys nobody has: what an unknown device's token is tried with, so that the time tells nothing.
    private static let decoyKeys = [SASToken.makeKey(), SASToken.makeKey()]

    /// A CONNECT whose user name has the hub's form: a token, or a certificate without one.
    func hubClient(
        _ text: String,
        _ request: ConnectRequest,
        _ certificate: ClientCertificate?
    ) async throws -> AuthenticatedClient {
        let userName: HubUserName
        do {
            userName = try HubUserName(parsing: text)
        } catch {
            throw AuthenticationRefusal.syntax(error.description)
        }
        let id = userName.identity
        guard id.description == request.clientID else {
            throw AuthenticationRefusal(
                code: .clientIDNotValid,
                reason: "client id and user name name different identities"
            )
        }
        guard self.verifier.isHub(userName.hostName) else {
            throw AuthenticationRefusal.unauthorized("the user name's host is not one of hub.names")
        }
        let found = try await self.identity(id)
        let token = try request.password.map(RegistryAuthenticator.token)
        if let token {
            do {
                try self.verifyToken(token, of: id, found)
            } catch {
                throw AuthenticationRefusal.unauthorized("the token is refused: \(error)")
            }
        } else {
            guard let certificate else {
                throw AuthenticationRefusal.unauthorized("neither a token in the password nor a client certificate")
            }
            guard let found, await self.accepts(certificate, for: found.identity) else {
                throw AuthenticationRefusal.unauthorized("the client certificate is not \(id)'s")
            }
        }
        guard let found, found.isEnabled else {
            throw AuthenticationRefusal.unauthorized(found == nil ? "unknown identity" : "the identity is disabled")
        }
        return AuthenticatedClient(
            principal: .identity(id),
            generationID: found.identity.generationID,
            access: found.identity.access,
            proof: token == nil ? .certificate : .token,
            isPolicy: token?.policy != nil,
            isHubForm: true,
            credential: RegistryAuthenticator.credential(token, certificate, of: found.identity),
            expiresAt: token?.expiry,
            modelID: userName.modelID
        )
    }

    /// Which of the identity's keys or certificates it was; `nil` for a policy's token and a certificate of a CA.
    private static func credential(
        _ token: SASToken?,
        _ certificate: ClientCertificate?,
        of identity: DeviceIdentity
    ) -> Int? {
        let used: String?
        if let token {
            let own = token.policy == nil ? [identity.primaryKey, identity.secondaryKey] : []
            used = own.first { token.isSigned(withAnyOf: [$0]) }
        } else {
            let own = [identity.primaryThumbprint, identity.secondaryThumbprint].compactMap { $0 }
            used = own.first { certificate?.thumbprints.contains($0) == true }?.hex
        }
        return used.map(DeviceIdentity.credentialMark)
    }

    static func token(_ password: [UInt8]) throws -> SASToken {
        guard let text = String(validating: password, as: UTF8.self) else {
            throw AuthenticationRefusal.unauthorized("the password is not UTF-8, so no token")
        }
        do {
            return try SASToken(parsing: text)
        } catch {
            throw AuthenticationRefusal.unauthorized(error.description)
        }
    }

    private func verifyToken(
        _ token: SASToken,
        of id: IdentityID,
        _ found: (identity: DeviceIdentity, isEnabled: Bool)?
    ) throws(TokenVerifier.Refusal) {
        let own = found.flatMap { $0.isEnabled && $0.identity.kind == .sas ? $0.identity : nil }
        try self.verifier.verify(
            token,
            of: id,
            keys: own.map { [$0.primaryKey, $0.secondaryKey] } ?? RegistryAuthenticator.decoyKeys,
            at: self.now()
        )
    }
}
