import DeviceRegistry
import GatewayAPI
import HubProtocol
import Synchronization
import TelemetryJSON
import TelemetryModel

/// A CA that only remembers what it was asked for.
final class FakeAuthority: AuthorityServing {
    private let authors = Mutex<[String]>([])

    /// Who asked for what, in order.
    var asked: [String] { self.authors.withLock { $0 } }

    private func note(_ words: String) -> JSONObject {
        self.authors.withLock { $0.append(words) }
        return [
            "authorities": .array([]), "devices": .object([:]), "trust": .string(""), "faults": .array([]),
            "warnings": .array([]),
        ]
    }

    func authority() async throws -> JSONObject { self.note("authority") }

    func beginAuthority(replacing replaced: String?, trustsFormer: Bool, author: String) async throws -> JSONObject {
        self.note("begin \(replaced ?? "-") \(trustsFormer) by \(author)")
    }

    func retireFormerAuthorities(author: String) async throws -> JSONObject { self.note("retire by \(author)") }

    func renewServer() async throws -> JSONObject { self.note("renew") }

    func issue(to subject: IdentityID, request: String, days: Int, author: String) async throws -> JSONObject {
        _ = self.note("issue \(subject) \(request) \(days) by \(author)")
        return ["deviceId": .string(subject.device)]
    }

    func certificates(
        _ selection: CertificateSelection,
        after number: Int64,
        limit: Int
    ) async throws -> (items: [JSONObject], next: Int64?) {
        _ = self.note("list \(selection) \(number) \(limit)")
        return selection == .all ? ([["deviceId": .string("dev1")]], number + 1) : ([], nil)
    }

    func revoke(
        _ selection: CertificateSelection,
        reason: RevocationReason,
        author: String
    ) async throws -> [JSONObject] {
        _ = self.note("revoke \(selection) \(reason.rawValue) by \(author)")
        return []
    }
}
