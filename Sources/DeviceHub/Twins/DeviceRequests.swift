internal import CoreMetrics
internal import DeviceRegistry
internal import HubProtocol
internal import Synchronization
internal import TelemetryModel
internal import TwinModel

/// Answers what devices ask of their twins. Called on event loops, works on the hub's threads.
///
/// - One step of a connection at a time, the connections in turn; see ``LinkLane``.
/// - Bounds: 20 requests of a connection, 64 MiB of payloads of all; what is beyond is answered 429.
/// - Answers with 429 and 5xx leave ``holdBack`` later.
final class DeviceRequests: Sendable {
    /// How long an answer is kept that the client would answer with the same request at once.
    static let holdBack = Duration.seconds(4)
    /// Answers of one connection that are kept; further ones leave at once.
    static let heldBackMax = 100
    /// Reads for one answer, until none is older than what the connection was told.
    static let readsMax = 10
    /// Payloads of all connections that wait.
    static let payloadBytesMax = 64 << 20

    private let twins: TwinService
    private let threads: StoreThreads
    private let clock: HubClock
    private let metrics: HubMetrics
    private let waitingBytes = Atomic<Int>(0)

    init(twins: TwinService, threads: StoreThreads, clock: HubClock, metrics: HubMetrics) {
        self.twins = twins
        self.threads = threads
        self.clock = clock
        self.metrics = metrics
    }

    /// A request of a connection; a read or a patch.
    func received(_ request: TwinRequest, on entry: LinkEntry) {
        let bytes = request.payload.count
        guard self.waitingBytes.add(bytes, ordering: .relaxed).newValue <= DeviceRequests.payloadBytesMax else {
            self.waitingBytes.subtract(bytes, ordering: .relaxed)
            return self.refuse(.backedUp, request, on: entry)
        }
        switch entry.lane.withLock({ $0.received(request, isWrite: request.request.kind != .twinGet) }) {
        case .start:
            self.threads.submit { self.step(entry) }
        case .wait:
            break
        case .refuse:
            self.waitingBytes.subtract(bytes, ordering: .relaxed)
            self.refuse(DeviceRequests.tooMany, request, on: entry)
        }
    }

    private static let tooMany = HubError(
        .throttled,
        "\(LinkLane<TwinRequest>.waitingMax) twin requests of this connection wait already",
        retryAfterSeconds: 4
    )

    /// One step of a connection; then it is the next one's turn.
    private func step(_ entry: LinkEntry) {
        switch entry.lane.withLock({ $0.next() }) {
        case .rest:
            return
        case .read(let request):
            self.waitingBytes.subtract(request.payload.count, ordering: .relaxed)
            self.read(request, on: entry)
        case .write(let request):
            self.waitingBytes.subtract(request.payload.count, ordering: .relaxed)
            self.write(request, on: entry)
        }
        self.threads.submit { self.step(entry) }
    }

    private func read(_ request: TwinRequest, on entry: LinkEntry) {
        self.metrics.twinReads.increment()
        for attempt in 1...DeviceRequests.readsMax {
            switch self.twins.deviceView(of: entry.link.identity) {
            case .failure(let error):
                return self.refuse(error, request, on: entry)
            case .success(let (payload, desired)):
                let answer = TwinAnswer.properties(payload, requestID: request.request.requestID)
                let isSent = entry.desiredVersion.withLock { told in
                    // A newer patch went out since: it would be taken back.
                    guard told <= desired || attempt == DeviceRequests.readsMax else { return false }
                    DeviceRequests.publish(answer, on: entry)
                    return true
                }
                if isSent { return }
            }
        }
    }

    private func write(_ request: TwinRequest, on entry: LinkEntry) {
        guard case .reportedPatch(let condition) = request.request.kind else { return self.writeEnded(entry) }
        let patch: SectionPatch
        do throws(TwinError) {
            patch = try SectionPatch.reported(parsing: request.payload)
        } catch {
            self.refuse(HubError(twin: error), request, on: entry)
            return self.writeEnded(entry)
        }
        let identity = entry.link.identity
        self.twins.submit(
            .report(patch, ifVersion: condition),
            of: identity,
            bytes: request.payload.count,
            author: "device:\(identity)"
        ) { result in
            switch result {
            case .success(let outcome):
                let version = outcome.stored.twin.reported.version
                self.send(.patched(version: version, requestID: request.request.requestID), on: entry)
            case .failure(let error):
                self.refuse(error, request, on: entry)
            }
            self.writeEnded(entry)
        }
    }

    private func writeEnded(_ entry: LinkEntry) {
        if entry.lane.withLock({ $0.writeEnded() }) == .start { self.threads.submit { self.step(entry) } }
    }

    private func refuse(_ error: HubError, _ request: TwinRequest, on entry: LinkEntry) {
        self.metrics.twinRequestsRefused.increment()
        self.send(.refused(error, requestID: request.request.requestID, at: self.clock.now()), on: entry)
    }

    private func send(_ answer: TwinAnswer, on entry: LinkEntry) {
        guard answer.isHeldBack,
            entry.heldBack.add(1, ordering: .relaxed).newValue <= DeviceRequests.heldBackMax
        else {
            if answer.isHeldBack { entry.heldBack.subtract(1, ordering: .relaxed) }
            return DeviceRequests.publish(answer, on: entry)
        }
        Task { [clock] in
            try? await clock.sleep(DeviceRequests.holdBack)  // cancelled by nobody; early is no harm
            entry.heldBack.subtract(1, ordering: .relaxed)
            DeviceRequests.publish(answer, on: entry)
        }
    }

    private static func publish(_ answer: TwinAnswer, on entry: LinkEntry) {
        entry.link.publish(
            topic: answer.topic,
            payload: answer.payload,
            requiring: .twinAnswers,
            answering: answer.requestID
        )
    }
}
