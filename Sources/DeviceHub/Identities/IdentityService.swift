internal import DeviceRegistry
package import HubProtocol
internal import TelemetryJSON
package import TelemetryModel

/// Changes identities in turn with the writes of twins, by the same writer.
///
/// So a change may look first and write then, and whoever is connected is told of desired properties in the order of their
/// versions, whichever way they were written. Used from tasks.
package final class IdentityService: Sendable {
    private let stores: HubStores
    private let threads: StoreThreads
    private let writer: RegistryWriter
    private let outbox: OutboxPump

    init(_ stores: HubStores, threads: StoreThreads, writer: RegistryWriter, outbox: OutboxPump) {
        self.stores = stores
        self.threads = threads
        self.writer = writer
        self.outbox = outbox
    }

    /// Carries out a change.
    ///
    /// - Parameters:
    ///   - bytes: of the request, about: what waits for the disk is bounded.
    ///   - writesTwins: whether it may write twins; while the log takes no events such changes are refused like other
    ///     writes of twins, and the others are not: a device can always be barred.
    ///   - body: looks and writes, on a thread that may block; nothing else writes meanwhile.
    /// - Returns: What `body` gives, when it is durable.
    /// - Throws: `throttled` when too much waits for the disk, `unavailable` when the log takes no events, and what `body`
    ///   throws.
    package func change<Value: Sendable>(
        bytes: Int,
        writesTwins: Bool = false,
        _ body: @escaping @Sendable (IdentityEditor) throws -> Value
    ) async throws -> Value {
        if writesTwins, let refusal = self.outbox.refusal { throw refusal }
        return try await withCheckedThrowingContinuation { continuation in
            let job = RegistryJob.identities { [stores] in
                let editor = IdentityEditor(stores.identities)
                let result = Result { try body(editor) }
                return IdentityEffects(twins: editor.twins, eventCount: editor.eventCount) {
                    continuation.resume(with: result)
                }
            }
            if !self.writer.submit(job, bytes: bytes) { continuation.resume(throwing: HubError.backedUp) }
        }
    }

    /// Identities of one page of an export.
    static let exportCount = 500

    /// A page of the whole registry as JSON lines, identities with their secrets and twins in the order of their ids; see
    /// `StoredTwin.exportEntry`.
    ///
    /// - Parameter id: the last of the page before; `nil` for the first page.
    /// - Returns: The page; ``ExportPage/last`` is `nil` behind the last one.
    /// - Throws: `throttled`, `serverError`.
    package func export(after id: IdentityID?) async throws(HubError) -> ExportPage {
        try await self.threads.run { [stores] in
            Result { () throws(RegistryError) in
                let page = try stores.twins.twins(after: id, limit: IdentityService.exportCount)
                var lines = [UInt8]()
                for stored in page { lines += stored.exportEntry.bytes + [UInt8(ascii: "\n")] }
                return ExportPage(lines: lines, last: page.last?.identity.id)
            }.mapError { HubError(registry: $0) }
        }
    }
}
