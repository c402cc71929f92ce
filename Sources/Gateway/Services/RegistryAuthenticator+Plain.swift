import DeviceRegistry
import MQTTServer
import TelemetryModel

extension RegistryAuthenticator {
    /// A device, module or application as the plain form knows them.
    private struct Account: Sendable {
        var principal: Principal
        var identity: DeviceIdentity?
        var application: ApplicationIdentity?
        var isEnabled: Bool

        var access: IdentityAccess { self.identity?.access ?? self.application?.access ?? IdentityAccess() }
        var etag: String { self.identity?.etag ?? self.application?.etag ?? "" }
        var generationID: String { self.identity?.generationID ?? self.application?.generationID ?? "" }

        func client(_ proof: AuthenticatedClient.Proof) -> AuthenticatedClient {
            AuthenticatedClient(
                principal: self.principal,
                generationID: self.generationID,
                access: self.access,
                proof: proof,
                isHubForm: false
            )
        }
    }

    /// A CONNECT whose user name is a device's id, `device/module`, or an application's name; any client id.
    func plainClient(
        _ userName: String,
        _ request: ConnectRequest,
        _ certificate: ClientCertificate?
    ) async throws -> AuthenticatedClient {
        guard let id = IdentityID(userName) else {
            throw AuthenticationRefusal.syntax(
                "the user name is neither host/device/?api-version=… nor a device's id nor an application's name"
            )
        }
        let account = try await self.account(named: id)
        if let password = request.password {
            let isRight = try await self.passwords.matches(
                password,
                account?.access.password,
                of: account?.principal ?? .identity(id),
                etag: account?.etag ?? "",
                from: request.remoteHost
            )
            guard let account, isRight, account.isEnabled else {
                throw AuthenticationRefusal.unauthorized(
                    account == nil
                        ? "unknown user name" : isRight ? "\(id) is disabled" : "the password is not \(id)'s"
                )
            }
            return account.client(.password)
        }
        guard let certificate else { throw AuthenticationRefusal.unauthorized("a user name without a password") }
        guard let account, await self.accepts(certificate, for: account), account.isEnabled else {
            throw AuthenticationRefusal.unauthorized("the client certificate is not \(id)'s, or \(id) is disabled")
        }
        return account.client(.certificate)
    }

    /// A CONNECT with nothing but a certificate: its common name, else its thumbprint, says who it is.
    func owner(of certificate: ClientCertificate) async throws -> AuthenticatedClient {
        if let id = certificate.commonName.flatMap({ IdentityID($0) }), let account = try await self.account(named: id),
            await self.accepts(certificate, for: account)
        {
            guard account.isEnabled else { throw AuthenticationRefusal.unauthorized("\(id) is disabled") }
            return account.client(.certificate)
        }
        let owners = try await self.ask { try $0.principals(withAnyOf: certificate.thumbprints) }
        guard owners.count == 1, let principal = owners.first else {
            throw AuthenticationRefusal.unauthorized(
                owners.isEmpty
                    ? "the client certificate is nobody's"
                    : "several identities have this certificate: a user name must say which"
            )
        }
        guard let account = try await self.account(of: principal), account.isEnabled else {
            throw AuthenticationRefusal.unauthorized("\(principal) is disabled")
        }
        return account.client(.certificate)
    }

    private func accepts(_ certificate: ClientCertificate, for account: Account) async -> Bool {
        if let identity = account.identity { return await self.accepts(certificate, for: identity) }
        guard let thumbprint = account.application?.thumbprint else { return false }
        return certificate.thumbprints.contains(thumbprint)
    }

    /// The device or module of that name, else the application: no name is both.
    private func account(named id: IdentityID) async throws -> Account? {
        if let account = try await self.account(of: .identity(id)) { return account }
        return id.module == nil ? try await self.account(of: .application(id.device)) : nil
    }

    private func account(of principal: Principal) async throws -> Account? {
        switch principal {
        case .identity(let id):
            return try await self.identity(id).map {
                Account(principal: principal, identity: $0.identity, isEnabled: $0.isEnabled)
            }
        case .application(let name):
            return try await self.ask { try $0.application(name) }.map {
                Account(principal: principal, application: $0, isEnabled: $0.status == .enabled)
            }
        case .registration:
            return nil
        }
    }
}
