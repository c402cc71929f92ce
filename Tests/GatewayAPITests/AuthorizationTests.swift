import GatewayAPI
import HubProtocol
import NIOHTTP1
import TelemetryModel
import Testing

@Suite("Service tokens, contract iothub-rest section 1 and iothub-mqtt section 3")
struct AuthorizationTests {
    /// A request of every kind of route, and the policies that may make it.
    struct Route: Sendable, CustomTestStringConvertible {
        var method: String
        var target: String
        var body: String?
        var policies: Set<String>

        var testDescription: String { "\(self.method) \(self.target)" }
    }

    private static let version = "api-version=2021-04-12"

    @Test(
        "each policy opens exactly the routes its permissions name",
        arguments: [
            Route(
                method: "GET",
                target: "/devices?\(version)",
                policies: ["iothubowner", "registryRead", "registryReadWrite"]
            ),
            Route(
                method: "GET",
                target: "/devices/x?\(version)",
                policies: ["iothubowner", "registryRead", "registryReadWrite"]
            ),
            Route(
                method: "GET",
                target: "/statistics/devices?\(version)",
                policies: ["iothubowner", "registryRead", "registryReadWrite"]
            ),
            Route(
                method: "PUT",
                target: "/devices/x?\(version)",
                body: #"{"deviceId":"x"}"#,
                policies: ["iothubowner", "registryReadWrite"]
            ),
            Route(method: "DELETE", target: "/devices/x?\(version)", policies: ["iothubowner", "registryReadWrite"]),
            Route(
                method: "POST",
                target: "/devices?\(version)",
                body: "[]",
                policies: ["iothubowner", "registryReadWrite"]
            ),
            Route(method: "GET", target: "/topics", policies: ["iothubowner", "service"]),
            Route(method: "GET", target: "/topics/telemetry/records", policies: ["iothubowner", "service"]),
            Route(
                method: "GET",
                target: "/hub",
                policies: ["iothubowner", "service", "registryRead", "registryReadWrite"]
            ),
        ]
    )
    func matrix(route: Route) async throws {
        try await APIFixture.run { api in
            for policy in ["iothubowner", "service", "device", "registryRead", "registryReadWrite"] {
                let answer = try await api.send(
                    .init(rawValue: route.method),
                    route.target,
                    authorization: api.token(policy: policy),
                    body: route.body
                )
                let isOpen = answer.status != 401
                #expect(isOpen == route.policies.contains(policy), "\(policy): \(answer.status) \(answer.body)")
                if !isOpen {
                    #expect(answer.errorCode == "IotHubUnauthorizedAccess")
                    #expect(answer.body.contains("the policy lacks the permission"), "\(answer.body)")
                }
            }
            let answer = try await api.send(
                .init(rawValue: route.method),
                route.target,
                authorization: nil,
                body: route.body
            )
            #expect(answer.status == 401)
        }
    }

    /// One `Authorization` header and what comes of it.
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var status: Int
        var words: String
        var header: @Sendable (APIFixture) -> String?

        var testDescription: String { self.name }
    }

    @Test(
        "a token opens the API when its key, time and resource are right",
        arguments: [
            Case(name: "primary key", status: 200, words: "") { $0.token(policy: "service") },
            Case(name: "secondary key", status: 200, words: "") { $0.token(policy: "service", usesSecondary: true) },
            Case(name: "other hub name", status: 200, words: "") { $0.token(policy: "service", resource: "localhost") },
            Case(name: "hub name with a port", status: 200, words: "") {
                $0.token(policy: "service", resource: "localhost:9443")
            },
            Case(name: "hub name in capitals", status: 200, words: "") {
                $0.token(policy: "service", resource: "HUB.example.org")
            },
            Case(name: "one second before its end", status: 200, words: "") {
                $0.token(policy: "service", expiry: APIFixture.noon + .seconds(1))
            },
            Case(name: "at its end", status: 401, words: "expired") {
                $0.token(policy: "service", expiry: APIFixture.noon)
            },
            Case(name: "other hub", status: 401, words: "hub.names") {
                $0.token(policy: "service", resource: "other.example.org")
            },
            Case(name: "a device's resource", status: 401, words: "hub.names") {
                $0.token(policy: "service", resource: "hub.example.org/devices/d")
            },
            Case(name: "unknown policy", status: 401, words: "no such policy") { $0.token(policy: "nobody") },
            Case(name: "another policy's key", status: 401, words: "no such policy") { api in
                SASToken.make(
                    resource: "hub.example.org",
                    key: api.policies.first { $0.name == "device" }.flatMap { SASToken.keyBytes($0.primaryKey) } ?? [],
                    expiry: APIFixture.noon + .seconds(60),
                    policy: "iothubowner"
                )
            },
            Case(name: "no policy", status: 401, words: "no such policy") { api in
                SASToken.make(
                    resource: "hub.example.org",
                    key: api.policies.first.flatMap { SASToken.keyBytes($0.primaryKey) } ?? [],
                    expiry: APIFixture.noon + .seconds(60)
                )
            },
            Case(name: "no header", status: 401, words: "no Authorization header") { _ in nil },
            Case(name: "OAuth", status: 401, words: "SharedAccessSignature") { _ in "Bearer abc" },
            Case(name: "a token cut short", status: 401, words: "sr, sig and se") { _ in "SharedAccessSignature sr=h" },
            Case(name: "an expiry that is no number", status: 401, words: "se is not a number") { _ in
                "SharedAccessSignature sr=h&sig=AAAA&se=soon"
            },
        ]
    )
    func header(of test: Case) async throws {
        try await APIFixture.run { api in
            let answer = try await api.send(.GET, "/topics", authorization: test.header(api))
            #expect(answer.status == test.status, "\(answer.body)")
            #expect(answer.body.contains(test.words), "\(answer.body)")
            if test.status == 401 { #expect(answer.headers.first(name: "WWW-Authenticate") == "SharedAccessSignature") }
        }
    }

    @Test("the time needs no token, over HTTP and HTTPS: a board makes its token when it knows the time")
    func time() async throws {
        try await APIFixture.run(\.isObservationAnonymous, false) { api in
            let answer = try await api.send(.GET, "/time", authorization: nil)
            #expect(answer.status == 200 && answer.body.contains("unixMilliseconds"), "\(answer.body)")
        }
    }

    @Test("health and metrics need a token only when the configuration says so", arguments: [true, false])
    func observation(isAnonymous: Bool) async throws {
        try await APIFixture.run(\.isObservationAnonymous, isAnonymous) { api in
            for path in ["/healthz", "/metrics"] {
                let anonymous = try await api.send(.GET, path, authorization: nil)
                #expect(anonymous.status == (isAnonymous ? 200 : 401), "\(path)")
                #expect(try await api.send(.GET, path).status == 200, "\(path)")
            }
        }
    }
}
