import DeviceRegistry
import HubProtocol
package import KafkaProtocol
package import KafkaServer
import MQTTServer
import NIOPosix
import Synchronization
import TelemetryModel

/// Decides who a Kafka client is: a policy of the hub by its key, or an application of the registry by its password.
///
/// - A policy with all permissions has all rights; one with `ServiceConnect` may read; the others have none here.
/// - An application reads what its grants to subscribe name as `kafka/TOPIC`, and writes what those to publish name so;
///   `kafka/#` or `kafka/+` names all topics. Whoever has no such grant is refused.
/// - Unknown and wrong are refused alike, in alike time.
///
/// Source: contract kafka §9.
package struct KafkaAuthenticator: KafkaAuthenticating {
    /// The first level of the topic filters that speak of the log's topics.
    static let grantPrefix = "kafka/"

    private let policies: [ServicePolicy]
    private let identities: any IdentityStore
    private let passwords: PasswordVerifier
    private let scram: ScramCredentials

    /// An authenticator over policies and a registry.
    ///
    /// - Parameters:
    ///   - policies: the hub's policies with their keys.
    ///   - identities: holds the applications.
    ///   - passwords: checks theirs; the one that MQTT uses, so that they share its bounds.
    init(
        policies: [ServicePolicy],
        identities: any IdentityStore,
        passwords: PasswordVerifier
    ) {
        self.policies = policies
        self.identities = identities
        self.passwords = passwords
        self.scram = ScramCredentials()
    }

    package func authenticate(_ message: SaslPlainMessage, from host: String) async -> KafkaDecision {
        switch message {
        case .policy(let key):
            // Any host name: a tunnel or a port mapping has another one than the hub.
            let isRight = self.isKey(Array(key.key.utf8), of: key.policyName)
            guard isRight, let policy = self.policy(named: key.policyName) else {
                return .refused(reason: "no such policy, or another key")
            }
            return KafkaAuthenticator.decision(for: policy, entityPath: key.entityPath)
        case .user(let name, let password):
            if let policy = self.policy(named: name) {
                guard self.isKey(password, of: name) else { return .refused(reason: "no such policy, or another key") }
                return KafkaAuthenticator.decision(for: policy, entityPath: nil)
            }
            return await self.application(name, password, from: host)
        }
    }

    package func scramUser(_ name: String, hash: ScramHash) async -> KafkaScramUser? {
        // Of applications there are slow hashes only, which SCRAM cannot use.
        guard let policy = self.policy(named: name),
            case .accepted(let access) = KafkaAuthenticator.decision(for: policy, entityPath: nil)
        else { return nil }
        let scram = self.scram
        let credential = try? await NIOThreadPool.singleton.runIfActive { scram.credential(of: policy, hash: hash) }
        return credential.map { KafkaScramUser(credential: $0, access: access) }  // no threads: the process ends
    }

    /// The name of an application's connections: no policy's.
    static func principalName(ofApplication name: String) -> String {
        "application \(name)"
    }

    // MARK: Policies

    private func policy(named name: String) -> ServicePolicy? {
        self.policies.first { $0.name == name }
    }

    /// Both keys are compared whatever the first says; of an unknown policy nothing is right.
    private func isKey(_ key: [UInt8], of name: String) -> Bool {
        let policy = self.policy(named: name)
        let decoy = self.policies.first
        let primary = ConstantTime.isEqual(Array((policy ?? decoy)?.primaryKey.utf8 ?? "".utf8), key)
        let secondary = ConstantTime.isEqual(Array((policy ?? decoy)?.secondaryKey.utf8 ?? "".utf8), key)
        return policy != nil && (primary || secondary)
    }

    private static func decision(for policy: ServicePolicy, entityPath: String?) -> KafkaDecision {
        let rights = KafkaRights(policy.permissions)
        guard !rights.isEmpty else { return .refused(reason: "policy \(policy.name) has no right to the log") }
        let principal = KafkaPrincipal(name: policy.name, rights: rights, entityPath: entityPath)
        return .accepted(KafkaAccess(principal: principal))
    }

    // MARK: Applications

    private func application(_ name: String, _ password: [UInt8], from host: String) async -> KafkaDecision {
        let application: ApplicationIdentity?
        let isRight: Bool
        do {
            application = try await NIOThreadPool.singleton.runIfActive { [identities] in
                try ApplicationIdentity.isValidName(name) ? identities.application(name) : nil
            }
            isRight = try await self.passwords.matches(
                password,
                application?.access.password,
                of: .application(name),
                etag: application?.etag ?? "",
                from: host
            )
        } catch let refusal as AuthenticationRefusal {
            return .unavailable(reason: refusal.reason)
        } catch {
            return .unavailable(reason: "the registry cannot be read: \(error)")
        }
        guard let application, isRight, application.status == .enabled else {
            return .refused(reason: "no such application, another password, or disabled")
        }
        let access = KafkaAccess(application)
        guard !access.principal.rights.isEmpty || !access.topicRights.isEmpty else {
            return .refused(reason: "the application has no grant of the form kafka/TOPIC")
        }
        return .accepted(access)
    }
}

extension KafkaRights {
    /// What a policy's permissions mean to Kafka clients.
    init(_ permissions: ServicePolicy.Permissions) {
        let all: ServicePolicy.Permissions = [.registryRead, .registryWrite, .serviceConnect, .deviceConnect]
        if permissions.isSuperset(of: all) {
            self = .all
        } else {
            self = permissions.contains(.serviceConnect) ? .listen : []
        }
    }
}

extension KafkaAccess {
    /// What an application's grants mean to Kafka clients.
    init(_ application: ApplicationIdentity) {
        var rights = KafkaRights()
        var topicRights: [String: KafkaRights] = [:]
        let topics = application.access.topics
        for (filters, right) in [(topics.subscribe, KafkaRights.listen), (topics.publish, .send)] {
            for filter in filters where filter.hasPrefix(KafkaAuthenticator.grantPrefix) {
                let topic = String(filter.dropFirst(KafkaAuthenticator.grantPrefix.count))
                if topic == "#" || topic == "+" {
                    rights.formUnion(right)
                } else {
                    topicRights[topic, default: []].formUnion(right)
                }
            }
        }
        self.init(
            principal: KafkaPrincipal(
                name: KafkaAuthenticator.principalName(ofApplication: application.name),
                rights: rights
            ),
            topicRights: topicRights
        )
    }
}
