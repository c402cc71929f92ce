import DeviceRegistry
import GatewayAPI
import NIOHTTP1
import TelemetryModel
import Testing

@Suite("Bulk changes of devices, contract iothub-rest section 2")
struct DeviceBulkTests {
    struct Outcome: Decodable, Equatable {
        struct Failure: Decodable, Equatable {
            var deviceId: String
            var errorCode: String
        }

        var isSuccessful: Bool
        var errors: [Failure]
    }

    private static let target = "/devices?api-version=2021-04-12"

    @Test("the good entries of a failed request are done all the same, and 400 has the same body form")
    func partialFailure() async throws {
        try await APIFixture.run { api in
            _ = try await api.send(.POST, Self.target, body: #"[{"id":"b","importMode":"create"}]"#)
            let answer = try await api.send(
                .POST,
                Self.target,
                body: """
                    [{"id":"a","importMode":"create"},{"id":"b","importMode":"create"},{"id":"c d","importMode":"create"},
                     {"id":"e","importMode":"create","status":"odd"},{"id":"f"},{"id":"f","importMode":"create"},
                     {"id":"g","importMode":"updateTwin"},{"id":"h","importMode":"delete"},{"importMode":"create"},
                     {"id":"i","importMode":"createe"},{"id":"j","moduleId":"m"}]
                    """
            )
            #expect(answer.status == 400)
            let outcome = try answer.json(Outcome.self)
            #expect(!outcome.isSuccessful)
            let codes = Dictionary(uniqueKeysWithValues: outcome.errors.map { ($0.deviceId, $0.errorCode) })
            #expect(
                codes == [
                    "b": "DeviceAlreadyExists", "c d": "ArgumentInvalid", "e": "ArgumentInvalid",
                    "f": "DeviceAlreadyExists", "g": "DeviceNotFound", "h": "DeviceNotFound", "": "ArgumentInvalid",
                    "i": "ArgumentInvalid", "j": "DeviceNotFound",
                ]
            )
            #expect(try api.identities.devices(after: nil, limit: 10).map(\.id.device) == ["a", "b", "f"])
        }
    }

    @Test("at most 100 entries, and none is a success", arguments: [(0, 200), (100, 200), (101, 400)])
    func entryLimit(count: Int, status: Int) async throws {
        try await APIFixture.run { api in
            let entries = (0..<count).map { "{\"id\":\"d\($0)\",\"importMode\":\"create\"}" }.joined(separator: ",")
            let answer = try await api.send(.POST, Self.target, body: "[\(entries)]")
            #expect(answer.status == status, "\(answer.body)")
            #expect(try api.identities.deviceCounts().total == (status == 200 ? count : 0))
            if status == 200 {
                #expect(answer.body == #"{"isSuccessful":true,"errors":[],"warnings":[]}"#)
            }
        }
    }

    @Test("a bulk body over its limit is 413", arguments: [0, 1])
    func bodyLimit(excess: Int) async throws {
        try await APIFixture.run(\.bulkBodyBytesMax, 500) { api in
            let body = "[" + String(repeating: " ", count: 498 + excess) + "]"
            let answer = try await api.send(.POST, Self.target, body: body)
            #expect(answer.status == (excess == 0 ? 200 : 413))
        }
    }

    @Test(
        "import modes treat what exists and what does not as the contract says",
        arguments: [
            ("create", "", false, true), ("createOrUpdate", "", true, true), ("update", "", true, false),
            ("updateIfMatchETag", "ETAG", true, false), ("updateIfMatchETag", "stale", false, false),
            ("updateIfMatchETag", "", false, false), ("createOrUpdateIfMatchETag", "ETAG", true, true),
            ("createOrUpdateIfMatchETag", "stale", false, true), ("delete", "", true, false),
            ("deleteIfMatchETag", "ETAG", true, false), ("deleteIfMatchETag", "stale", false, false),
        ]
    )
    func modes(mode: String, etag: String, succeedsOnExisting: Bool, succeedsOnMissing: Bool) async throws {
        try await APIFixture.run { api in
            _ = try await api.send(.POST, Self.target, body: #"[{"id":"old"}]"#)
            let before = try #require(try api.identities.devices(after: nil, limit: 1).first)
            let given = etag == "ETAG" ? before.etag : etag
            for (id, succeeds) in [("old", succeedsOnExisting), ("new", succeedsOnMissing)] {
                let body = "[{\"id\":\"\(id)\",\"importMode\":\"\(mode)\",\"eTag\":\"\(given)\"}]"
                let answer = try await api.send(.POST, Self.target, body: body)
                #expect(answer.status == (succeeds ? 200 : 400), "\(id): \(answer.body)")
            }
            let after = try api.identities.devices(after: nil, limit: 5)
            let keepsOld = !(mode.hasPrefix("delete") && succeedsOnExisting)
            #expect(after.contains { $0.id.device == "old" } == keepsOld)
            if keepsOld {
                #expect(
                    after.first { $0.id.device == "old" }?.primaryKey == before.primaryKey,
                    "keys stay when not given"
                )
            }
        }
    }

    @Test("entries with one id follow each other: made, disabled, deleted")
    func sameID() async throws {
        try await APIFixture.run { api in
            let body = #"[{"id":"x","importMode":"create"},{"id":"x","importMode":"update","status":"disabled"}]"#
            #expect(try await api.send(.POST, Self.target, body: body).status == 200)
            let made = try #require(try api.identities.devices(after: nil, limit: 1).first)
            #expect(made.status == .disabled)
            let end =
                #"[{"id":"x","importMode":"delete"},{"id":"x","importMode":"create"},{"id":"x","importMode":"delete"}]"#
            #expect(try await api.send(.POST, Self.target, body: end).status == 200)
            #expect(try api.identities.deviceCounts().total == 0)
            #expect(api.connections.disconnected.contains("x: the device was deleted"))
            #expect(api.connections.forgotten.map(\.description) == ["x", "x"])
        }
    }
}
