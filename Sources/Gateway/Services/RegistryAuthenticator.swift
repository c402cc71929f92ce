package import DeviceHub
package import DeviceRegistry
package import HubProtocol
import MQTTCodec
package import MQTTProtocol
package import MQTTServer
import NIOPosix
package import TelemetryModel

/// Decides who may connect, against the registry: in the hub's form, with a user name and password, with a client
/// certificate, or, where the configuration allows it, as nobody.
///
/// - A user name in the hub's form is judged by the hub's rules (`+Hub`), one of a device that registers by the
///   provisioning service's (`+Provisioning`), every other by the plain ones (`+Plain`).
/// - A certificate together with a password: the password decides.
/// - Unknown, disabled and wrong are answered alike, in alike time, so that names cannot be probed.
/// - A fault of the registry, or too much work, is answered "unavailable": a device that is told 4 or 5 gives up.
/// Source: contract iothub-mqtt sections 2 and 3.
package struct RegistryAuthenticator: ConnectionAuthenticating {
    /// What the configuration says of everybody.
    package struct Settings: Sendable {
        /// The topics of connections without credentials; `nil`: there are no such connections.
        package var anonymousTopics: TopicGrants?
        /// Limits where an identity has none of its own; 0 is none.
        package var limits: RateLimits

        /// Settings; by default nobody is anonymous and nothing is limited.
        package init(anonymousTopics: TopicGrants? = nil, limits: RateLimits = .standard) {
            self.anonymousTopics = anonymousTopics
            self.limits = limits
        }
    }

    let verifier: TokenVerifier
    let identities: any IdentityStore
    let authorities: ClientAuthorities
    let passwords: PasswordVerifier
    let settings: Settings
    /// Lets devices in that register; `nil` = there is no such service.
    let provisioning: ProvisioningService?
    /// Knows which certificates were revoked; `nil` = none was.
    private let certificates: (any IssuedCertificateStore)?
    let now: @Sendable () -> Timestamp
    private let throttle: ConnectThrottle

    /// An authenticator over a registry.
    ///
    /// - Parameters:
    ///   - verifier: the hub's names and policies.
    ///   - identities: who is registered.
    ///   - authorities: whose client certificates are good.
    ///   - settings: what the configuration says.
    ///   - provisioning: lets devices in that register; `nil` = there is no such service.
    ///   - certificates: knows which client certificates were revoked; `nil` = none was.
    ///   - now: wall time.
    ///   - uptime: a monotonic clock.
    package init(
        verifier: TokenVerifier,
        identities: any IdentityStore,
        authorities: ClientAuthorities = ClientAuthorities(roots: []),
        settings: Settings = Settings(),
        provisioning: ProvisioningService? = nil,
        certificates: (any IssuedCertificateStore)? = nil,
        now: @escaping @Sendable () -> Timestamp,
        uptime: @escaping @Sendable () -> Duration = RegistryAuthenticator.monotonicClock
    ) {
        self.verifier = verifier
        self.identities = identities
        self.authorities = authorities
        self.passwords = PasswordVerifier()
        self.settings = settings
        self.provisioning = provisioning
        self.certificates = certificates
        self.now = now
        self.throttle = ConnectThrottle(uptime: uptime)
    }

    /// Time since some moment.
    package static let monotonicClock: @Sendable () -> Duration = {
        RegistryAuthenticator.clockStart.duration(to: .now)
    }

    private static let clockStart = ContinuousClock.now

    package func authenticate(_ request: ConnectRequest) async -> ConnectDecision {
        do {
            let certificate = ClientCertificate(chain: request.clientCertificates)
            var client = try await self.client(of: request, certificate)
            if client.proof == .certificate, let serial = certificate?.serial {
                try await self.checkRevocation(of: serial)
                client.certificate = ClientCertificate.mark(ofSerial: serial)
            }
            let perMinute = client.access.limits.connectsPerMinute ?? self.settings.limits.connectsPerMinute ?? 0
            guard self.throttle.admits(client.principal, perMinute: perMinute) else {
                let reason = "\(client.principal) connects more often than \(perMinute) times a minute"
                return .refuse(.connectionRateExceeded, reason: reason)
            }
            return .accept(self.accepted(client, request))
        } catch let refusal as AuthenticationRefusal {
            return .refuse(refusal.code, reason: refusal.reason)
        } catch {
            return .refuse(.serverUnavailable, reason: "the registry cannot be read: \(error)")
        }
    }

    package func permissions(of principal: Principal) async -> (@Sendable (_ clientID: String) -> TopicPermissions)? {
        let topics: TopicGrants?
        if principal == .application(ApplicationIdentity.anonymousName) {
            topics = self.settings.anonymousTopics
        } else {
            topics = try? await self.ask { identities in
                switch principal {
                case .identity(let id): try identities.identity(id)?.access.topics
                case .application(let name): try identities.application(name)?.access.topics
                case .registration: nil
                }
            }
        }
        guard let topics else { return nil }
        return { clientID in
            TopicPermissions(
                publish: topics.publish,
                subscribe: topics.subscribe,
                device: principal.identity?.device,
                module: principal.identity?.module,
                clientID: clientID
            )
        }
    }

    /// Who it is. Throws `AuthenticationRefusal`, and anything else for a fault of ours.
    private func client(
        of request: ConnectRequest,
        _ certificate: ClientCertificate?
    ) async throws -> AuthenticatedClient {
        guard let userName = request.userName, !userName.isEmpty else {
            guard request.password == nil else {
                throw AuthenticationRefusal.syntax("a password without a user name")
            }
            if let certificate { return try await self.owner(of: certificate) }
            return try self.anonymous()
        }
        if let provisioning = self.provisioning,
            ProvisioningUserName.isProvisioningForm(userName, isHub: self.verifier.isHub)
        {
            return try await self.registration(userName, request, certificate, provisioning)
        }
        if HubUserName.isHubForm(userName, isHub: self.verifier.isHub) {
            return try await self.hubClient(userName, request, certificate)
        }
        return try await self.plainClient(userName, request, certificate)
    }

    /// Throws for a certificate that the gateway's CA has issued and that was revoked.
    private func checkRevocation(of serial: String) async throws {
        guard let certificates = self.certificates else { return }
        let revocation = try await NIOThreadPool.singleton.runIfActive { try certificates.revocation(serial: serial) }
        guard let revocation else { return }
        throw AuthenticationRefusal.unauthorized(
            "the client certificate \(serial) was revoked at \(revocation.at): \(revocation.reason.rawValue)"
        )
    }

    private func anonymous() throws -> AuthenticatedClient {
        guard let topics = self.settings.anonymousTopics else {
            throw AuthenticationRefusal.unauthorized("no credentials, and the configuration allows nobody without")
        }
        return AuthenticatedClient(
            principal: .application(ApplicationIdentity.anonymousName),
            generationID: "0",
            access: IdentityAccess(topics: topics),
            proof: .none,
            isHubForm: false
        )
    }

    private func accepted(_ client: AuthenticatedClient, _ request: ConnectRequest) -> AcceptedConnection {
        let own = client.access.limits
        let standard = self.settings.limits
        // 0 of its own lifts the configuration's limit.
        let messages = (own.messagesPerSecond ?? standard.messagesPerSecond).flatMap { $0 > 0 ? $0 : nil }
        let bytes = (own.bytesPerSecond ?? standard.bytesPerSecond).flatMap { $0 > 0 ? $0 : nil }
        return AcceptedConnection(
            principal: client.principal,
            isHubForm: client.isHubForm,
            permissions: client.permissions(clientID: request.isClientIDAssigned ? nil : request.clientID),
            limits: messages == nil && bytes == nil
                ? nil : ConnectionRates(messagesPerSecond: messages, bytesPerSecond: bytes),
            expiresAt: client.expiresAt,
            attributes: client.attributes,
            credential: client.credential,
            certificate: client.certificate
        )
    }

    /// Asks the registry on a blocking thread, never on an event loop.
    func ask<Value: Sendable>(
        _ body: @escaping @Sendable (any IdentityStore) throws -> Value
    ) async throws -> Value {
        try await NIOThreadPool.singleton.runIfActive { [identities] in try body(identities) }
    }

    /// An identity with whether it may connect: a module may not while its device is disabled.
    func identity(_ id: IdentityID) async throws -> (identity: DeviceIdentity, isEnabled: Bool)? {
        try await self.ask { identities in
            guard let identity = try identities.identity(id) else { return nil }
            var isEnabled = identity.status == .enabled
            if id.module != nil, let device = IdentityID(device: id.device) {
                isEnabled = try isEnabled && identities.identity(device)?.status == .enabled
            }
            return (identity, isEnabled)
        }
    }

    /// Whether the certificate is the identity's.
    func accepts(_ certificate: ClientCertificate, for identity: DeviceIdentity) async -> Bool {
        switch identity.kind {
        case .selfSigned:
            certificate.thumbprints.contains { $0 == identity.primaryThumbprint || $0 == identity.secondaryThumbprint }
        case .certificateAuthority:
            if certificate.commonName != identity.id.description {
                false
            } else if await self.authorities.accept(certificate) {
                true
            } else {
                await self.isEnrolled(certificate, as: identity.id)
            }
        case .sas, .none:
            false
        }
    }
}
