import DeviceRegistry
import GatewayAPI
import NIOHTTP1
import TelemetryJSON
import TelemetryModel
import Testing

@Suite("the whole registry over HTTP")
struct ExportRoutesTests {
    private static let target = "/registry?api-version=2021-04-12"

    @Test("every identity is a line with its secrets, over many pages, and an entry of a bulk request")
    func lines() async throws {
        try await APIFixture.run { api in
            #expect(try await api.send(.GET, Self.target).body.isEmpty)
            let ids = (0..<1_200).map { "d\(10_000 + $0)" }
            let changes = try ids.map { id in
                RegistryChange.create(DeviceIdentity(id: try #require(IdentityID(id)), primaryKey: "k-\(id)"))
            }
            for outcome in try api.identities.apply(changes) { _ = try outcome.get() }
            let answer = try await api.send(.GET, Self.target)
            #expect(answer.headers.first(name: "Content-Type") == "application/x-ndjson")
            let lines = answer.body.split(separator: "\n")
            #expect(try lines.map { try JSONValue(parsing: String($0)).object?["deviceId"]?.string } == ids)
            #expect(lines.first?.contains(#""primaryKey":"k-d10000""#) == true)
        }
    }

    @Test(
        "only who may write the registry may read its secrets",
        arguments: [
            ("iothubowner", 200), ("registryReadWrite", 200), ("registryRead", 401), ("service", 401), ("device", 401),
        ]
    )
    func permissions(policy: String, status: Int) async throws {
        try await APIFixture.run { api in
            let token = api.token(policy: policy)
            let answer = try await api.send(.GET, Self.target, authorization: token)
            #expect(answer.status == status)
        }
    }

    @Test("as many are open as streams may be; one more is told to wait")
    func places() async throws {
        try await APIFixture.run(\.streamsMax, 0) { api in
            let answer = try await api.send(.GET, Self.target)
            #expect(answer.status == 429)
        }
    }
}
