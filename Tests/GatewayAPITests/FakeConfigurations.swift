import GatewayAPI
import HubProtocol
import Synchronization
import TelemetryJSON
import TelemetryModel
import TwinModel

/// Configurations that only remember.
final class FakeConfigurations: ConfigurationServing {
    private let stored = Mutex<[String: JSONObject]>([:])
    private let calls = Mutex<[String]>([])

    /// What was asked, in order.
    var asked: [String] { self.calls.withLock { $0 } }

    func put(
        _ id: String,
        _ body: JSONObject,
        ifMatch condition: EntityTagCondition?,
        author: String
    ) async throws(HubError) -> JSONObject {
        let note = condition.map { "\($0)" } ?? "new"
        self.calls.withLock { $0.append("put \(id) \(note) by \(author)") }
        var document = body
        document.set("id", to: .string(id))
        document.set("etag", to: .string("NNWD3Ak2"))
        self.stored.withLock { $0[id] = document }
        return document
    }

    func configuration(_ id: String) async throws(HubError) -> JSONObject {
        guard let found = self.stored.withLock({ $0[id] }) else {
            throw HubError(.configurationNotFound, "there is no configuration \(id)")
        }
        return found
    }

    func configurations(top: Int) async throws(HubError) -> [JSONObject] {
        self.calls.withLock { $0.append("list \(top)") }
        return self.stored.withLock { stored in stored.sorted { $0.key < $1.key }.map(\.value) }
    }

    func delete(_ id: String, ifMatch condition: EntityTagCondition, author: String) async throws(HubError) {
        self.calls.withLock { $0.append("delete \(id) \(condition) by \(author)") }
    }

    func testQueries(_ body: JSONObject) async throws(HubError) -> JSONObject {
        ["targetConditionError": .null, "customMetricQueryErrors": .object([:])]
    }

    func apply(content: JSONObject, to device: IdentityID, author: String) async throws(HubError) {
        self.calls.withLock { $0.append("apply to \(device) by \(author): \(content)") }
    }
}
