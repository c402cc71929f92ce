internal import DeviceRegistry
package import HubProtocol
internal import TelemetryJSON
package import TelemetryModel
package import TwinModel

/// Reads and writes twins. Used from tasks; the database is asked on threads of its own.
///
/// Errors: `deviceNotFound`, `moduleNotFound`, `preconditionFailed`, `argumentInvalid`, `tooLarge`, `throttled` when too much
/// waits for the disk, `unavailable` when the log takes no events, `serverError`.
package final class TwinService: Sendable {
    private let stores: HubStores
    private let live: LiveColumns
    private let writer: RegistryWriter
    let threads: StoreThreads
    let history: TwinHistory
    private let outbox: OutboxPump
    private let clock: HubClock

    init(
        _ stores: HubStores,
        live: LiveColumns,
        writer: RegistryWriter,
        threads: StoreThreads,
        history: TwinHistory,
        outbox: OutboxPump,
        clock: HubClock
    ) {
        self.stores = stores
        self.live = live
        self.writer = writer
        self.threads = threads
        self.history = history
        self.outbox = outbox
        self.clock = clock
    }

    /// The twin of an identity.
    package func twin(_ id: IdentityID) async throws(HubError) -> TwinView {
        try await self.threads.run { self.view(of: id) }
    }

    /// The twin of an identity as it was at a time, from topic `twin-changes`; what is told of the identity is of now.
    ///
    /// - Parameters:
    ///   - id: whose twin.
    ///   - time: when; in the future is now.
    /// - Returns: The twin.
    /// - Throws: `resourceNotFound` when it did not exist then, or the log does not reach back so far.
    package func twin(_ id: IdentityID, at time: Timestamp) async throws(HubError) -> TwinView {
        let stored = try await self.threads.run { self.stored(id) }
        // What was changed a moment ago may still be on its way into the log.
        guard await self.outbox.flush(within: .seconds(5)) else {
            throw HubError(.unavailable, "the last changes are not in the log yet", retryAfterSeconds: 1)
        }
        return try await self.threads.run {
            self.history.rewind(stored, to: time).flatMap { self.view(of: $0) }
        }
    }

    /// The service's partial update.
    ///
    /// - Parameters:
    ///   - id: whose twin.
    ///   - patch: tags, desired properties, or both.
    ///   - condition: what `If-Match` asks.
    ///   - author: who: `policy:NAME`, `job:ID`, `configuration:ID`.
    /// - Returns: The twin afterwards, when it is durable.
    /// - Throws: see ``TwinService``.
    package func update(
        _ id: IdentityID,
        _ patch: TwinPatch,
        ifMatch condition: EntityTagCondition,
        author: String
    ) async throws(HubError) -> TwinView {
        try await self.write(.update(patch, ifMatch: condition), of: id, bytes: patch.bytes, author: author)
    }

    /// The service's replacement; see ``update(_:_:ifMatch:author:)``.
    package func replace(
        _ id: IdentityID,
        _ patch: TwinPatch,
        ifMatch condition: EntityTagCondition,
        author: String
    ) async throws(HubError) -> TwinView {
        try await self.write(.replace(patch, ifMatch: condition), of: id, bytes: patch.bytes, author: author)
    }

    /// Puts a write into the queue; `done` is called when it is durable or refused, at once when there is no room.
    func submit(
        _ kind: TwinWrite.Kind,
        of id: IdentityID,
        bytes: Int,
        author: String,
        done: @escaping @Sendable (Result<TwinOutcome, HubError>) -> Void
    ) {
        if let refusal = self.outbox.refusal { return done(.failure(refusal)) }
        let write = TwinWrite(kind, of: id, author: author, at: self.clock.now())
        guard self.writer.submit(.twin(write, done: done), bytes: bytes) else { return done(.failure(.backedUp)) }
    }

    /// What a device reads, and the `$version` of its desired properties. Blocks.
    func deviceView(of id: IdentityID) -> Result<(payload: [UInt8], desired: Int64), HubError> {
        self.stored(id).map { ($0.twin.deviceView, $0.twin.desired.version) }
    }

    private func write(
        _ kind: TwinWrite.Kind,
        of id: IdentityID,
        bytes: Int,
        author: String
    ) async throws(HubError) -> TwinView {
        let result = await withCheckedContinuation { continuation in
            self.submit(kind, of: id, bytes: bytes, author: author) { continuation.resume(returning: $0) }
        }
        let stored = try result.get().stored
        return try await self.threads.run { self.view(of: stored) }
    }

    private func view(of id: IdentityID) -> Result<TwinView, HubError> {
        self.stored(id).flatMap { self.view(of: $0) }
    }

    private func view(of stored: StoredTwin) -> Result<TwinView, HubError> {
        let id = stored.identity.id
        do throws(RegistryError) {
            let count = id.module == nil ? try self.stores.messages.messageCount(of: id) : 0
            let document = stored.serviceView(
                live: self.live.state(id),
                messageCount: count,
                configurations: self.live.configurations(id)
            )
            return .success(TwinView(document: document, etag: stored.twin.etag))
        } catch {
            return .failure(HubError(registry: error))
        }
    }

    private func stored(_ id: IdentityID) -> Result<StoredTwin, HubError> {
        do throws(RegistryError) {
            guard let stored = try self.stores.twins.twin(id) else { return .failure(.notFound(id)) }
            return .success(stored)
        } catch {
            return .failure(HubError(registry: error))
        }
    }
}

extension LinkTable {
    /// What the registry's views ask.
    func live(_ id: IdentityID) -> LiveState {
        let state = self.state(of: id)
        return LiveState(
            isConnected: state.isConnected,
            lastActivityTime: state.lastActivity,
            connectionStateUpdatedTime: state.changedAt
        )
    }
}

extension TwinPatch {
    /// Bytes it takes as JSON, about.
    fileprivate var bytes: Int {
        (self.tags?.members.bytes.count ?? 0) + (self.desired?.members.bytes.count ?? 0)
    }
}
