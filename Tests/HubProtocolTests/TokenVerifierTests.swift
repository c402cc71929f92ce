import HubProtocol
import TelemetryModel
import Testing

@Suite("who may do what by token, contract iothub-mqtt section 3")
struct TokenVerifierTests {
    static let deviceKeys = [SASToken.makeKey(), SASToken.makeKey()]
    static let policies = ServicePolicy.makeDefaults()
    static let verifier = TokenVerifier(hubNames: ["hub.example.org", "localhost"], policies: policies)
    static let now = Timestamp(seconds: 1_795_000_000)

    static func token(_ resource: String, key: String, seconds: Int64 = 60, policy: String? = nil) throws -> SASToken {
        let text = SASToken.make(
            resource: resource,
            key: try #require(SASToken.keyBytes(key)),
            expiry: now + .seconds(seconds),
            policy: policy
        )
        return try SASToken(parsing: text)
    }

    static func policyKey(_ name: String) throws -> String {
        try #require(policies.first { $0.name == name }).secondaryKey
    }

    private func refusal(_ body: () throws(TokenVerifier.Refusal) -> Void) -> TokenVerifier.Refusal? {
        do throws(TokenVerifier.Refusal) {
            try body()
            return nil
        } catch {
            return error
        }
    }

    @Test("either key of a device opens the device and its own modules only", arguments: deviceKeys)
    func deviceKey(key: String) throws {
        let device = try #require(IdentityID("dev1"))
        let other = try #require(IdentityID("dev10"))
        let token = try Self.token("Hub.example.org/devices/dev1", key: key)
        #expect(
            self.refusal { () throws(TokenVerifier.Refusal) in
                try Self.verifier.verify(token, of: device, keys: Self.deviceKeys, at: Self.now)
            } == nil
        )
        #expect(
            self.refusal { () throws(TokenVerifier.Refusal) in
                try Self.verifier.verify(token, of: other, keys: Self.deviceKeys, at: Self.now)
            } == .wrongResource
        )
    }

    @Test(
        "refused: an expired token, a foreign hub, an unknown device, a wrong key",
        arguments: [
            ("hub.example.org/devices/dev1", 0, true, TokenVerifier.Refusal.expired),
            ("hub.example.org/devices/dev1", -1, true, .expired),
            ("other.example.org/devices/dev1", 60, true, .wrongResource),
            ("hub.example.org/devices/dev1", 60, false, .wrongKey),
        ]
    )
    func refusals(resource: String, seconds: Int64, isKnown: Bool, expected: TokenVerifier.Refusal) throws {
        let device = try #require(IdentityID("dev1"))
        let token = try Self.token(resource, key: Self.deviceKeys[0], seconds: seconds)
        let keys = isKnown ? Self.deviceKeys : nil
        #expect(
            self.refusal { () throws(TokenVerifier.Refusal) in
                try Self.verifier.verify(token, of: device, keys: keys, at: Self.now)
            } == expected
        )
    }

    @Test(
        "a policy's token opens a device only with DeviceConnect",
        arguments: [
            ("device", nil as TokenVerifier.Refusal?), ("iothubowner", nil), ("service", .missingPermission),
            ("registryReadWrite", .missingPermission),
        ]
    )
    func policyToken(policy: String, expected: TokenVerifier.Refusal?) throws {
        let device = try #require(IdentityID("dev1"))
        let token = try Self.token("localhost", key: try Self.policyKey(policy), policy: policy)
        #expect(
            self.refusal { () throws(TokenVerifier.Refusal) in
                try Self.verifier.verify(token, of: device, keys: nil, at: Self.now)
            } == expected
        )
    }

    @Test(
        "a service token needs one of the asked permissions",
        arguments: [
            ("service", "localhost", nil as TokenVerifier.Refusal?), ("service", "localhost:9443", nil),
            ("registryRead", "localhost", .missingPermission), ("nobody", "localhost", .unknownPolicy),
            ("service", "localhost/devices/dev1", .wrongResource), ("service", "elsewhere", .wrongResource),
        ]
    )
    func serviceToken(policy: String, resource: String, expected: TokenVerifier.Refusal?) throws {
        let key = Self.policies.first { $0.name == policy }?.secondaryKey ?? Self.deviceKeys[0]
        let token = try Self.token(resource, key: key, policy: policy)
        #expect(
            self.refusal { () throws(TokenVerifier.Refusal) in
                try Self.verifier.verifyService(token, permitting: .serviceConnect, at: Self.now)
            } == expected
        )
    }

    @Test("a device's own token is no service token")
    func deviceTokenAtService() throws {
        let token = try Self.token("localhost", key: Self.deviceKeys[0])
        #expect(
            self.refusal { () throws(TokenVerifier.Refusal) in
                try Self.verifier.verifyService(token, permitting: .serviceConnect, at: Self.now)
            } == .unknownPolicy
        )
    }
}
