internal import CoreMetrics
internal import DeviceRegistry
package import HubProtocol
internal import Synchronization
internal import TelemetryJSON
package import TelemetryModel

/// Calls direct methods of connected devices: contract iothub-rest section 5, iothub-mqtt section 8.
///
/// - Online means connected and subscribed to methods; of several connections of an identity the newest is called.
/// - The request id is 64 random bits: a device cannot answer a call that it did not get.
/// - When the connection ends before the answer, the call ends at once with 404103 and says so: the answer cannot come any
///   more. Whether the method ran is then not known.
/// - Every call of an identity that exists is a record in `commands`.
package final class MethodService: Sendable {
    private struct State {
        var pending = PendingMethods<OneShot<MethodEnd>>()
        var waits = MethodWaits()
    }

    private let stores: HubStores
    private let links: LinkTable
    private let threads: StoreThreads
    private let clock: HubClock
    private let metrics: HubMetrics
    private let record: @Sendable (HubEvent) -> Void
    private let state = Mutex(State())

    /// A service.
    ///
    /// - Parameters:
    ///   - stores: where identities are looked up that are not connected.
    ///   - links: who is connected.
    ///   - threads: may block.
    ///   - clock: time.
    ///   - metrics: counts calls.
    ///   - record: keeps the record of a call.
    init(
        _ stores: HubStores,
        links: LinkTable,
        threads: StoreThreads,
        clock: HubClock,
        metrics: HubMetrics,
        record: @escaping @Sendable (HubEvent) -> Void
    ) {
        self.stores = stores
        self.links = links
        self.threads = threads
        self.clock = clock
        self.metrics = metrics
        self.record = record
    }

    /// Calls a method and waits for the answer, at most connect and response timeout together. When the task is cancelled the
    /// call is forgotten.
    ///
    /// - Parameters:
    ///   - id: whose method.
    ///   - call: what is called.
    ///   - author: who: `policy:NAME`, `job:ID`.
    /// - Returns: What the device answered.
    /// - Throws: `deviceNotFound`, `moduleNotFound`, `deviceNotOnline`, `gatewayTimeout`, `throttled`.
    package func invoke(
        _ id: IdentityID,
        _ call: MethodCall,
        author: String
    ) async throws(HubError) -> MethodAnswer {
        let (began, start) = (self.clock.now(), ContinuousClock.now)
        let result = await self.result(of: call, on: id)
        let duration = ContinuousClock.now - start
        let outcome = result.outcome
        self.metrics.noteMethod(outcome)
        if outcome == .answered { self.metrics.methodCall.recordNanoseconds(duration.nanoseconds) }
        if outcome != .notFound {
            let status = try? result.get().status
            let record = MethodRecord(call: call, author: author, outcome: outcome, status: status, duration: duration)
            self.record(record.event(of: id, at: began))
        }
        return try result.mapError(\.error).get()
    }

    // MARK: For the hub

    /// A connection can be called now, or perhaps could before.
    func ready(_ id: IdentityID) {
        for wait in self.state.withLock({ $0.waits.waiting(for: id) }) { wait.fulfil(true) }
    }

    /// A device answered; an unknown request id is dropped.
    func answered(connectionID: UInt64, requestID: String, status: Int, payload: [UInt8]) {
        let key = PendingMethods<OneShot<MethodEnd>>.Key(connectionID: connectionID, requestID: requestID)
        let waiter = self.state.withLock { $0.pending.remove(key) }
        waiter?.fulfil(.answered(status: status, payload: payload))
    }

    /// A connection ended.
    func closed(connectionID: UInt64) {
        for waiter in self.state.withLock({ $0.pending.removeAll(of: connectionID) }) { waiter.fulfil(.disconnected) }
    }

    /// Calls that wait for answers.
    package var pendingCount: Int { self.state.withLock { $0.pending.count } }

    // MARK: Private

    private func result(of call: MethodCall, on id: IdentityID) async -> Result<MethodAnswer, MethodFault> {
        do throws(MethodFault) {
            let link = try await self.link(of: id, within: call.connectTimeoutSeconds)
            let end = try await self.end(of: call, on: link)
            return .success(try MethodService.answer(end, call))
        } catch {
            return .failure(error)
        }
    }

    /// The connection to call, as soon as there is one.
    private func link(of id: IdentityID, within seconds: Int) async throws(MethodFault) -> any DeviceLink {
        if let link = self.links.link(of: id, subscribedTo: .methods) { return link }
        // Who is connected exists; only others are looked up.
        try await self.checkExists(id)
        let shot = OneShot<Bool>()
        guard let number = self.state.withLock({ $0.waits.add(shot, for: id) }) else { throw MethodFault.throttled }
        defer { self.state.withLock { $0.waits.remove(number, of: id) } }
        if let link = self.links.link(of: id, subscribedTo: .methods) { return link }
        if seconds > 0, await shot.value(within: .seconds(seconds), on: self.clock, late: false, cancelled: false),
            let link = self.links.link(of: id, subscribedTo: .methods)
        {
            return link
        }
        guard !Task.isCancelled else { throw MethodFault.abandoned }
        throw MethodFault(
            .notOnline,
            HubError(.deviceNotOnline, "Timed out waiting for device to connect.", timeoutSeconds: seconds)
        )
    }

    /// Publishes the call and waits for its end.
    private func end(of call: MethodCall, on link: any DeviceLink) async throws(MethodFault) -> MethodEnd {
        let key = PendingMethods<OneShot<MethodEnd>>.Key(
            connectionID: link.connectionID,
            requestID: String(UInt64.random(in: 0...UInt64.max), radix: 16)
        )
        let shot = OneShot<MethodEnd>()
        guard self.state.withLock({ $0.pending.add(shot, for: key) }) else { throw MethodFault.throttled }
        // It may have ended just before; then nobody tells.
        if self.links.isOpen(link.connectionID) {
            let topic = HubAnswerTopic.method(name: call.name, requestID: key.requestID)
            link.publish(topic: topic, payload: call.payload, requiring: .methods)
        } else {
            shot.fulfil(.disconnected)
        }
        let limit = Duration.seconds(call.responseTimeoutSeconds)
        let end = await shot.value(within: limit, on: self.clock, late: .timedOut, cancelled: .abandoned)
        _ = self.state.withLock { $0.pending.remove(key) }
        return end
    }

    private func checkExists(_ id: IdentityID) async throws(MethodFault) {
        let found = await Result.of { () async throws(HubError) in
            try await self.threads.run { [stores] in
                Result { () throws(RegistryError) in try stores.identities.identity(id) != nil }
                    .mapError { HubError(registry: $0) }
            }
        }
        switch found {
        case .success(true): return
        case .success(false): throw MethodFault(.notFound, .notFound(id))
        case .failure(let error): throw MethodFault(.failed, error)
        }
    }

    private static func answer(_ end: MethodEnd, _ call: MethodCall) throws(MethodFault) -> MethodAnswer {
        switch end {
        case .answered(let status, let payload):
            let limit = MethodCall.payloadBytesMax
            guard payload.count <= limit else {
                let message = "the device's answer has \(payload.count) bytes; the limit is \(limit) bytes"
                throw MethodFault(.failed, HubError(.tooLarge, message))
            }
            return MethodAnswer(status: status, payload: MethodService.json(payload))
        case .disconnected:
            let message = "The device disconnected before it answered; whether the method ran is not known."
            let seconds = call.connectTimeoutSeconds
            throw MethodFault(.disconnected, HubError(.deviceNotOnline, message, timeoutSeconds: seconds))
        case .timedOut:
            let message = "Timed out waiting for the response from device."
            let seconds = call.responseTimeoutSeconds
            throw MethodFault(.timedOut, HubError(.gatewayTimeout, message, timeoutSeconds: seconds))
        case .abandoned:
            throw MethodFault.abandoned
        }
    }

    /// The answer's payload as JSON: text that is none becomes a JSON string.
    private static func json(_ payload: [UInt8]) -> [UInt8] {
        if payload.isEmpty { return Array("null".utf8) }
        if JSONValidator.isValid(payload) { return payload }
        return JSONValue.string(String(decoding: payload, as: UTF8.self)).bytes
    }
}

extension Duration {
    /// The whole nanoseconds.
    fileprivate var nanoseconds: Int64 {
        let (seconds, attoseconds) = self.components
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}

extension Result<MethodAnswer, MethodFault> {
    /// How the call ended.
    fileprivate var outcome: MethodOutcome {
        switch self {
        case .success: .answered
        case .failure(let fault): fault.outcome
        }
    }
}
