import DeviceRegistry
import FoundationEssentials
import HubProtocol
import KafkaProtocol
import KafkaServer
import NIOCore
import TelemetryModel
import Testing

@testable import Gateway

@Suite("who a Kafka client is, contract kafka §9", .timeLimit(.minutes(1)))
final class KafkaAuthenticatorTests: Sendable {
    private let policies = ServicePolicy.makeDefaults()
    private let folder: URL
    private let identities: any IdentityStore

    init() throws {
        self.folder = FileManager.default.temporaryDirectory.appending(path: "weir-kafka-\(UUID())")
        try FileManager.default.createDirectory(at: self.folder, withIntermediateDirectories: true)
        self.identities = try SQLiteIdentityStore(path: self.folder.appending(path: "r.sqlite").path()) {
            Timestamp(milliseconds: 1)
        }
    }

    deinit {
        self.identities.close()
        try? FileManager.default.removeItem(at: self.folder)  // what stays lies in the system's temporary folder
    }

    private var authenticator: KafkaAuthenticator {
        KafkaAuthenticator(
            policies: self.policies,
            identities: self.identities,
            passwords: PasswordVerifier()
        )
    }

    private func policy(_ name: String) throws -> ServicePolicy {
        try #require(self.policies.first { $0.name == name })
    }

    private static func rights(_ decision: KafkaDecision) -> KafkaRights? {
        if case .accepted(let access) = decision { access.principal.rights } else { nil }
    }

    @Test(
        "a policy's permissions are its rights; one without any is refused",
        arguments: [
            ("iothubowner", KafkaRights.all), ("service", .listen), ("device", nil), ("registryRead", nil),
            ("registryReadWrite", nil),
        ] as [(String, KafkaRights?)]
    )
    func policies(name: String, rights: KafkaRights?) async throws {
        let policy = try self.policy(name)
        for key in [policy.primaryKey, policy.secondaryKey] {
            let user = SaslPlainMessage.user(name: name, password: Array(key.utf8))
            #expect(Self.rights(await self.authenticator.authenticate(user, from: "1.2.3.4")) == rights)
            let text = "Endpoint=sb://any/;SharedAccessKeyName=\(name);SharedAccessKey=\(key)"
            let string = SaslPlainMessage.policy(try SaslPolicyKey(parsing: text))
            #expect(Self.rights(await self.authenticator.authenticate(string, from: "1.2.3.4")) == rights)
        }
    }

    @Test("another key, another policy's key and an unknown name are refused")
    func wrong() async throws {
        let owner = try self.policy("iothubowner")
        let service = try self.policy("service")
        for (name, key) in [("iothubowner", service.primaryKey), ("nobody", owner.primaryKey), ("service", "")] {
            let user = SaslPlainMessage.user(name: name, password: Array(key.utf8))
            #expect(Self.rights(await self.authenticator.authenticate(user, from: "1.2.3.4")) == nil)
        }
    }

    @Test("EntityPath limits to one topic")
    func entityPath() async throws {
        let key = try self.policy("iothubowner").primaryKey
        let text = "HostName=x;SharedAccessKeyName=iothubowner;SharedAccessKey=\(key);EntityPath=t"
        let decision = await self.authenticator.authenticate(.policy(try SaslPolicyKey(parsing: text)), from: "")
        guard case .accepted(let access) = decision else { throw TestFailure() }
        #expect(access.principal.entityPath == "t")
    }

    @Test("an application has the topics that its grants name as kafka/TOPIC; without such a grant it is refused")
    func applications() async throws {
        let password = Array("a long enough password".utf8)
        let grants: [(String, TopicGrants, KafkaRights?, [String: KafkaRights])] = [
            ("all", TopicGrants(publish: [], subscribe: ["kafka/#"]), .listen, [:]),
            ("one", TopicGrants(publish: ["kafka/in"], subscribe: ["kafka/out"]), [], ["in": .send, "out": .listen]),
            ("none", TopicGrants(publish: ["#"], subscribe: ["#", "tele/#"]), nil, [:]),
        ]
        for (name, topics, rights, topicRights) in grants {
            let access = IdentityAccess(password: try PasswordHash(hashing: password), topics: topics)
            _ = try self.identities.apply(ApplicationChange.create(ApplicationIdentity(name: name, access: access)))
            let decision = await self.authenticator.authenticate(.user(name: name, password: password), from: "a")
            #expect(Self.rights(decision) == rights, "\(name)")
            if case .accepted(let access) = decision { #expect(access.topicRights == topicRights) }
            let wrong = await self.authenticator.authenticate(.user(name: name, password: [1]), from: "a")
            #expect(Self.rights(wrong) == nil)
        }
    }

    @Test("SCRAM knows policies with rights, by either key, and under the same salt each time")
    func scram() async throws {
        let authenticator = self.authenticator
        let owner = try #require(await authenticator.scramUser("iothubowner", hash: .sha256))
        let again = try #require(await authenticator.scramUser("iothubowner", hash: .sha256))
        #expect(owner.credential == again.credential)
        #expect(owner.credential.keys.count == 2)
        #expect(owner.access.principal.rights == .all)
        #expect(await authenticator.scramUser("device", hash: .sha256) == nil)
        #expect(await authenticator.scramUser("nobody", hash: .sha512) == nil)
    }

    private struct TestFailure: Error {}
}
