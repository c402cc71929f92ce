import DeviceRegistry
import FoundationEssentials
import Gateway
import HubProtocol
import MQTTCodec
import MQTTProtocol
import MQTTServer
import Synchronization
import TelemetryModel
import Testing
import TwinModel

@Suite("who may connect, contract iothub-mqtt sections 2 and 3")
struct RegistryAuthenticatorTests {
    private static let now = Timestamp(seconds: 1_795_000_000)
    private static let key = Data(repeating: 7, count: 32).base64EncodedString()
    private static let hash = try? PasswordHash(hashing: Array("right password".utf8))

    /// A registry with one of every kind, and its authenticator.
    private final class Hub: Sendable {
        let store: SQLiteIdentityStore
        let policies = ServicePolicy.makeDefaults()
        let uptime = Mutex(Duration.zero)
        private let folder: URL

        init() throws {
            self.folder = FileManager.default.temporaryDirectory.appending(path: "weir-auth-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: self.folder, withIntermediateDirectories: true)
            self.store = try SQLiteIdentityStore(path: self.folder.appending(path: "r.sqlite").path()) {
                RegistryAuthenticatorTests.now
            }
            let access = IdentityAccess(
                password: hash,
                topics: TopicGrants(publish: ["up/{device}/#"], subscribe: ["down/{client}"]),
                limits: RateLimits(messagesPerSecond: 9)
            )
            for name in ["dev1", "off", "parent"] {
                try self.add(name) {
                    $0.access = access
                    $0.status = name == "off" ? .disabled : .enabled
                }
            }
            try self.add("dev1/mod1") { $0.access = access }
            try self.add("bare") { $0.access.password = nil }
            try self.store.apply(
                ApplicationChange.create(ApplicationIdentity(name: "app", access: IdentityAccess(password: hash)))
            )
        }

        deinit {
            self.store.close()
            try? FileManager.default.removeItem(at: self.folder)
        }

        func add(_ name: String, _ change: (inout DeviceIdentity) -> Void) throws {
            var identity = DeviceIdentity(
                id: try #require(IdentityID(name)),
                primaryKey: RegistryAuthenticatorTests.key,
                secondaryKey: SASToken.makeKey()
            )
            change(&identity)
            try self.store.apply(.create(identity), author: "policy:test")
        }

        func authenticator(_ settings: RegistryAuthenticator.Settings = .init()) -> RegistryAuthenticator {
            RegistryAuthenticator(
                verifier: TokenVerifier(hubNames: ["hub.example.org"], policies: self.policies),
                identities: self.store,
                settings: settings,
                now: { RegistryAuthenticatorTests.now },
                uptime: { self.uptime.withLock { $0 } }
            )
        }
    }

    private static func request(
        _ clientID: String,
        _ userName: String?,
        _ password: String?
    ) -> ConnectRequest {
        ConnectRequest(
            clientID: clientID,
            userName: userName,
            password: password.map { Array($0.utf8) },
            cleanSession: true,
            isTLS: true,
            remoteAddress: "192.0.2.1:1"
        )
    }

    private static func token(_ path: String, key: String = key, seconds: Int64 = 60, policy: String? = nil) -> String {
        SASToken.make(
            resource: "hub.example.org/\(path)",
            key: SASToken.keyBytes(key) ?? [],
            expiry: Timestamp(seconds: 1_795_000_000 + seconds),
            policy: policy
        )
    }

    private static func code(_ decision: ConnectDecision) -> ReasonCode {
        switch decision {
        case .accept: .success
        case .refuse(let code, _): code
        }
    }

    private static func accepted(_ decision: ConnectDecision) throws -> AcceptedConnection {
        guard case .accept(let accepted) = decision else { throw Unexpected(decision: decision) }
        return accepted
    }

    private struct Unexpected: Error {
        var decision: ConnectDecision
    }

    @Test(
        "the hub's form: a token of the device's key, and nothing else",
        arguments: [
            ("dev1", "hub.example.org/dev1/?api-version=1", token("devices/dev1"), ReasonCode.success),
            ("dev1/mod1", "HUB.example.org/dev1/mod1/?api-version=1", token("devices/dev1/modules/mod1"), .success),
            ("dev1", "hub.example.org/dev1/?api-version=1", token("devices/dev1", seconds: 0), .notAuthorized),
            ("dev1", "hub.example.org/dev1/?api-version=1", token("devices/dev2"), .notAuthorized),
            (
                "dev1", "hub.example.org/dev1/?api-version=1", token("devices/dev1", key: SASToken.makeKey()),
                .notAuthorized
            ),
            ("nobody", "hub.example.org/nobody/?api-version=1", token("devices/nobody"), .notAuthorized),
            ("off", "hub.example.org/off/?api-version=1", token("devices/off"), .notAuthorized),
            ("dev1", "other.org/dev1/?api-version=1", token("devices/dev1"), .notAuthorized),
            ("dev2", "hub.example.org/dev1/?api-version=1", token("devices/dev1"), .clientIDNotValid),
            ("dev1", "hub.example.org/de v1/?api-version=1", token("devices/dev1"), .badUserNameOrPassword),
            ("dev1", "hub.example.org/dev1/?a=%zz", token("devices/dev1"), .badUserNameOrPassword),
            ("dev1", "hub.example.org/dev1/?api-version=1", "right password", .notAuthorized),
            ("dev1", "hub.example.org/dev1/?api-version=1", nil, .notAuthorized),
        ] as [(String, String, String?, ReasonCode)]
    )
    func hubForm(clientID: String, userName: String, password: String?, code: ReasonCode) async throws {
        let decision = await (try Hub()).authenticator().authenticate(Self.request(clientID, userName, password))
        #expect(Self.code(decision) == code, "\(decision)")
        if code == .success {
            let accepted = try Self.accepted(decision)
            #expect(accepted.isHubForm)
            #expect(accepted.principal.description == clientID)
            #expect(accepted.expiresAt == Timestamp(seconds: 1_795_000_060))
            #expect(accepted.permissions.publish == ["up/dev1/#"])
            #expect(accepted.attributes["authType"] == "sas")
        }
    }

    @Test("a policy's token opens a device of any kind, but only a registered and enabled one")
    func policy() async throws {
        let hub = try Hub()
        try hub.add("x") { $0.kind = .certificateAuthority }
        let policy = try #require(hub.policies.first { $0.name == "device" })
        for (name, code) in [("x", ReasonCode.success), ("nobody", .notAuthorized), ("off", .notAuthorized)] {
            let token = Self.token("devices/\(name)", key: policy.primaryKey, policy: "device")
            let userName = "hub.example.org/\(name)/?api-version=1"
            let decision = await hub.authenticator().authenticate(Self.request(name, userName, token))
            #expect(Self.code(decision) == code, "\(name)")
            if code == .success { #expect(try Self.accepted(decision).attributes["authScope"] == "hub") }
        }
        let own = Self.token("devices/x")
        let decision = await hub.authenticator().authenticate(Self.request("x", "hub.example.org/x/?a=1", own))
        #expect(Self.code(decision) == .notAuthorized, "keys are for kind sas only")
    }

    @Test(
        "the plain form: a registered name and its password, any client id; every wrong one is answered alike",
        arguments: [
            ("dev1", "right password", ReasonCode.success), ("dev1/mod1", "right password", .success),
            ("app", "right password", .success), ("dev1", "wrong password", .notAuthorized),
            ("dev1", "", .notAuthorized), ("nobody", "right password", .notAuthorized),
            ("off", "right password", .notAuthorized), ("bare", "right password", .notAuthorized),
            ("app/mod1", "right password", .notAuthorized), ("dev1", nil, .notAuthorized),
            ("hello world", "right password", .badUserNameOrPassword), ("a/b/c", "x", .badUserNameOrPassword),
            ("", "right password", .badUserNameOrPassword), ("", nil, .notAuthorized),
        ] as [(String, String?, ReasonCode)]
    )
    func plainForm(userName: String, password: String?, code: ReasonCode) async throws {
        let hub = try Hub()
        let decision = await hub.authenticator().authenticate(Self.request("any client", userName, password))
        #expect(Self.code(decision) == code, "\(decision)")
        if code == .success {
            let accepted = try Self.accepted(decision)
            #expect(!accepted.isHubForm)
            #expect(accepted.attributes["authType"] == "password")
            let identity = Principal.identity(try #require(IdentityID(userName)))
            #expect(accepted.principal == (userName == "app" ? .application("app") : identity))
            if userName == "dev1" {
                #expect(accepted.permissions.subscribe == ["down/any client"])
                #expect(accepted.limits == ConnectionRates(messagesPerSecond: 9))
            }
        }
    }

    @Test("a module does not connect while its device is disabled")
    func parent() async throws {
        let hub = try Hub()
        try hub.add("parent/m") { $0.access.password = Self.hash }
        let request = Self.request("c", "parent/m", "right password")
        #expect(Self.code(await hub.authenticator().authenticate(request)) == .success)
        let id = try #require(IdentityID("parent"))
        var device = try #require(try hub.store.identity(id))
        device.status = .disabled
        try hub.store.apply(.update(device, ifMatch: .any), author: "policy:test")
        #expect(Self.code(await hub.authenticator().authenticate(request)) == .notAuthorized)
    }

    @Test("a password that was right once is remembered, until the identity changes")
    func remembered() async throws {
        let hub = try Hub()
        let authenticator = hub.authenticator()
        let clock = ContinuousClock()
        let slow = await clock.measure {
            _ = await authenticator.authenticate(Self.request("c", "dev1", "right password"))
        }
        var fast = Duration.seconds(60)
        for _ in 0..<5 {
            fast = min(
                fast,
                await clock.measure {
                    let decision = await authenticator.authenticate(Self.request("c", "dev1", "right password"))
                    #expect(Self.code(decision) == .success)
                }
            )
        }
        print("first check \(slow), remembered \(fast)")
        #expect(fast < slow)
        #expect(
            Self.code(await authenticator.authenticate(Self.request("c", "dev1", "other password"))) == .notAuthorized
        )
        let id = try #require(IdentityID("dev1"))
        var device = try #require(try hub.store.identity(id))
        device.access.password = try PasswordHash(hashing: Array("new password".utf8))
        try hub.store.apply(.update(device, ifMatch: .any), author: "policy:test")
        #expect(
            Self.code(await authenticator.authenticate(Self.request("c", "dev1", "right password"))) == .notAuthorized
        )
        #expect(Self.code(await authenticator.authenticate(Self.request("c", "dev1", "new password"))) == .success)
    }

    @Test("an unknown name costs a slow check like a wrong password")
    func alike() async throws {
        let authenticator = try Hub().authenticator()
        let clock = ContinuousClock()
        var times = [Duration]()
        for name in ["dev1", "nobody", "bare"] {
            times.append(
                await clock.measure { _ = await authenticator.authenticate(Self.request("c", name, "wrong password")) }
            )
        }
        let hash = clock.measure { _ = try? PasswordHash.decoy.matches([1]) }
        print("wrong \(times[0]), unknown \(times[1]), none \(times[2]); one hash \(hash)")
        for time in times { #expect(time > hash / 4) }
    }

    @Test("nobody is anonymous by default; where the configuration says so, it has those topics and no more")
    func anonymous() async throws {
        let hub = try Hub()
        let request = Self.request("c7", nil, nil)
        #expect(Self.code(await hub.authenticator().authenticate(request)) == .notAuthorized)
        let settings = RegistryAuthenticator.Settings(
            anonymousTopics: TopicGrants(publish: ["demo/{client}", "demo/{device}"]),
            limits: RateLimits(bytesPerSecond: 5)
        )
        let accepted = try Self.accepted(await hub.authenticator(settings).authenticate(request))
        #expect(accepted.principal == .application("anonymous"))
        #expect(accepted.permissions.publish == ["demo/c7"])
        #expect(accepted.limits == ConnectionRates(bytesPerSecond: 5))
        let withName = await hub.authenticator(settings).authenticate(Self.request("c", "nobody", nil))
        #expect(Self.code(withName) == .notAuthorized)
    }

    @Test("connects are counted for each principal: one too many is told to come later, which is never 4 or 5")
    func rate() async throws {
        let hub = try Hub()
        let authenticator = hub.authenticator(.init(limits: RateLimits(connectsPerMinute: 2)))
        let request = Self.request("c", "dev1", "right password")
        var codes = [ReasonCode]()
        for _ in 0..<3 { codes.append(Self.code(await authenticator.authenticate(request))) }
        #expect(codes == [.success, .success, .connectionRateExceeded])
        #expect(ConnectReturnCode(.connectionRateExceeded) == .serverUnavailable)
        #expect(Self.code(await authenticator.authenticate(Self.request("c", "app", "right password"))) == .success)
        hub.uptime.withLock { $0 += .milliseconds(29_999) }
        #expect(Self.code(await authenticator.authenticate(request)) == .connectionRateExceeded)
        hub.uptime.withLock { $0 += .milliseconds(1) }
        #expect(Self.code(await authenticator.authenticate(request)) == .success)
    }

    @Test("a registry that cannot be read is temporary")
    func closed() async throws {
        let hub = try Hub()
        hub.store.close()
        let authenticator = hub.authenticator()
        #expect(
            Self.code(await authenticator.authenticate(Self.request("c", "dev1", "right password")))
                == .serverUnavailable
        )
    }

    @Test("what a principal may do now is the registry's word, also for nobody; of one who is gone nobody knows")
    func permissions() async throws {
        let hub = try Hub()
        let anonymous = TopicGrants(publish: ["open"], subscribe: [])
        let authenticator = hub.authenticator(.init(anonymousTopics: anonymous))
        let id = try #require(IdentityID("dev1"))
        let device = Principal.identity(id)
        let first = await authenticator.permissions(of: device)?("c")
        #expect(first?.publish == ["up/dev1/#"])
        #expect(first?.subscribe == ["down/c"])
        var changed = try #require(try hub.store.identity(id))
        changed.access.topics = TopicGrants(publish: [], subscribe: ["x"])
        try hub.store.apply(.update(changed, ifMatch: .any), author: "policy:test")
        let later = await authenticator.permissions(of: device)?("c")
        #expect(later == TopicPermissions(publish: [], subscribe: ["x"]))
        let nobody = await authenticator.permissions(of: .application("anonymous"))?("c")
        #expect(nobody == TopicPermissions(publish: ["open"], subscribe: []))
        let gone = await authenticator.permissions(of: .application("gone"))?("c")
        let none = await hub.authenticator().permissions(of: .application("anonymous"))?("c")
        #expect(gone == nil)
        #expect(none == nil)
    }
}
