internal import CoreMetrics
internal import DeviceRegistry
package import HubProtocol
internal import Logging
internal import Synchronization
package import TelemetryModel

/// Cloud-to-device messages: a durable queue for each device, at least once, in order, with feedback.
///
/// Source: contract iothub-rest section 6, iothub-mqtt section 9.
package final class MessageService: Sendable {
    private static let expiredMax = 500
    /// How often expired messages are looked for; the next attempt after a failed read.
    private static let interval = Duration.seconds(1)

    private let stores: HubStores
    private let links: LinkTable
    private let writer: RegistryWriter
    private let threads: StoreThreads
    private let outbox: OutboxPump
    private let lifeDefault: Duration
    private let clock: HubClock
    private let metrics: HubMetrics
    private let logger: Logger
    private let queues = Mutex<[IdentityID: DeviceQueue]>([:])

    init(
        _ stores: HubStores,
        links: LinkTable,
        writer: RegistryWriter,
        threads: StoreThreads,
        outbox: OutboxPump,
        lifeDefault: Duration,
        clock: HubClock,
        metrics: HubMetrics,
        logger: Logger
    ) {
        self.stores = stores
        self.links = links
        self.writer = writer
        self.threads = threads
        self.outbox = outbox
        self.lifeDefault = lifeDefault
        self.clock = clock
        self.metrics = metrics
        self.logger = logger
    }

    /// Puts a message into its device's queue; durable when the call returns.
    ///
    /// - Parameters:
    ///   - message: to a device; a module has no queue.
    ///   - author: who: `policy:NAME`.
    /// - Throws: `deviceNotFound`, `queueFull`, `tooLarge`, `argumentInvalid`, `throttled`.
    package func send(_ message: CloudToDeviceMessage, author: String) async throws(HubError) {
        if let refusal = self.outbox.refusal { throw refusal }
        let stored = try StoredMessage(
            message,
            author: author,
            at: self.clock.now(),
            lifeDefault: self.lifeDefault
        )
        let result: Result<StoredMessage, HubError> = await withCheckedContinuation { continuation in
            let job = RegistryJob.enqueue(stored) { continuation.resume(returning: $0) }
            let isTaken = self.writer.submit(job, bytes: message.payload.count + message.propertyBytes)
            if !isTaken { continuation.resume(returning: .failure(.backedUp)) }
        }
        _ = try result.get()
        self.change(stored.device) { $0.added() }
    }

    /// Removes what waits for a device.
    ///
    /// - Parameters:
    ///   - device: whose queue.
    ///   - author: who.
    /// - Returns: How many messages.
    /// - Throws: `deviceNotFound`.
    package func purge(_ device: IdentityID, author: String = "") async throws(HubError) -> Int {
        let now = self.clock.now()
        let removed = try await self.stored { [stores] () throws(RegistryError) in
            try stores.messages.purgeMessages(of: device, author: author, at: now)
        }
        guard let removed else { throw HubError.notFound(device) }
        self.outbox.added(removed.count)
        self.forget(removed)
        return removed.count
    }

    /// The next batch of feedback, locked for 60 s; `nil` when there is none.
    package func nextFeedback() async throws(HubError) -> FeedbackBatch? {
        let now = self.clock.now()
        let feedback = try await self.stored { [stores] () throws(RegistryError) in
            try stores.messages.nextFeedback(at: now)
        }
        return feedback.map { FeedbackBatch(lock: $0.lock, enqueuedAt: $0.enqueuedAt, body: $0.records.map(\.json)) }
    }

    /// Removes a batch.
    ///
    /// - Throws: `lockLost` when it is not locked with that.
    package func completeFeedback(_ lock: String) async throws(HubError) {
        let now = self.clock.now()
        let isDone = try await self.stored { [stores] () throws(RegistryError) in
            try stores.messages.completeFeedback(lock: lock, at: now)
        }
        guard isDone else { throw MessageService.lockLost }
    }

    /// Gives a batch back.
    ///
    /// - Throws: `lockLost` when it is not locked with that.
    package func abandonFeedback(_ lock: String) async throws(HubError) {
        let now = self.clock.now()
        let isDone = try await self.stored { [stores] () throws(RegistryError) in
            try stores.messages.abandonFeedback(lock: lock, at: now)
        }
        guard isDone else { throw MessageService.lockLost }
    }

    private static let lockLost = HubError(
        .lockLost,
        "the feedback is not locked with that token: its 60 seconds are over, or it was completed"
    )

    // MARK: For the hub

    /// A device's connection is subscribed to messages.
    func attach(_ link: any DeviceLink) {
        self.change(link.identity) { $0.attach(link.connectionID) }
    }

    /// It ended, or is not subscribed any more.
    func detach(_ link: any DeviceLink) {
        self.change(link.identity) { queue in
            queue.detach(link.connectionID)
            return []
        }
    }

    /// Removes expired messages until the task is cancelled.
    func expireMessages() async {
        var ticks = 0
        while (try? await self.clock.sleep(MessageService.interval)) != nil {  // ends when it is cancelled
            // Feedback that nobody fetches expires, too, and nothing says when: once a minute.
            let isForced = ticks % 60 == 0
            ticks += 1
            do throws(HubError) {
                try await self.expire(isForced: isForced)
            } catch {
                self.logger.error("expired messages cannot be removed", metadata: ["reason": "\(error.message)"])
            }
        }
    }

    func expire(isForced: Bool) async throws(HubError) {
        let now = self.clock.now()
        let removed = try await self.stored { [stores] () throws(RegistryError) -> [StoredMessage] in
            let next = try stores.messages.nextMessageExpiry()
            guard isForced || next.map({ $0 <= now }) == true else { return [] }
            return try stores.messages.expireMessages(at: now, limit: MessageService.expiredMax)
        }
        self.outbox.added(removed.count)
        self.forget(removed)
    }

    // MARK: Private

    private func forget(_ removed: [StoredMessage]) {
        let now = self.clock.now()
        for (device, messages) in Dictionary(grouping: removed, by: \.device) {
            self.change(device) { $0.removed(Set(messages.map(\.number)), at: now) }
        }
    }

    /// Changes a device's queue and does what follows.
    private func change(_ device: IdentityID, _ body: (inout DeviceQueue) -> [DeviceQueue.Action]) {
        let actions = self.queues.withLock { queues in
            let actions = body(&queues[device, default: DeviceQueue()])
            if queues[device]?.isIdle == true { queues[device] = nil }
            return actions
        }
        for action in actions { self.carryOut(action, of: device) }
    }

    private func carryOut(_ action: DeviceQueue.Action, of device: IdentityID) {
        switch action {
        case .load(let number, let connectionID):
            self.threads.submit { self.load(device, after: number, connectionID: connectionID) }
        case .deliver(let message, let connectionID):
            self.deliver(message, connectionID: connectionID)
        case .complete(let number):
            self.metrics.messagesDelivered.increment()
            self.complete(number, of: device)
        }
    }

    private func load(_ device: IdentityID, after number: Int64, connectionID: UInt64) {
        let now = self.clock.now()
        do throws(RegistryError) {
            let messages = try self.stores.messages.messages(of: device, after: number, at: now)
            self.change(device) { $0.loaded(messages, of: connectionID, at: now) }
        } catch {
            self.logger.error("messages cannot be read", metadata: ["device": "\(device)", "reason": "\(error)"])
            self.change(device) { queue in
                queue.loadFailed(of: connectionID)
                return []
            }
            Task { [clock] in
                try? await clock.sleep(MessageService.interval)  // cancelled by nobody
                self.change(device) { $0.added() }
            }
        }
    }

    private func deliver(_ message: StoredMessage, connectionID: UInt64) {
        let (device, number) = (message.device, message.number)
        let link = self.links.links(of: device, subscribedTo: .devicebound).last { $0.connectionID == connectionID }
        // When it is not there any more, its end detaches the queue.
        link?.deliver(topic: message.topic(lifeDefault: self.lifeDefault), payload: message.payload) { isAcknowledged in
            let now = self.clock.now()
            self.change(device) { queue in
                isAcknowledged
                    ? queue.acknowledged(number, at: now) : queue.lost(number, of: connectionID, at: now)
            }
        }
    }

    private func complete(_ number: Int64, of device: IdentityID) {
        let settlement = MessageSettlement(.complete, of: number, at: self.clock.now())
        let job = RegistryJob.settle(settlement) { result in
            if case .failure(let error) = result {
                // It stays in the queue and comes again: at least once.
                self.logger.error(
                    "an acknowledged message could not be completed",
                    metadata: ["device": "\(device)", "reason": "\(error.message)"]
                )
            }
            self.change(device) { queue in
                queue.completed(number)
                return []
            }
        }
        if self.writer.submit(job, bytes: 64) { return }
        Task { [clock] in
            try? await clock.sleep(MessageService.interval)  // cancelled by nobody
            self.complete(number, of: device)
        }
    }

    private func stored<Value: Sendable>(
        _ body: @escaping @Sendable () throws(RegistryError) -> Value
    ) async throws(HubError) -> Value {
        try await self.threads.run {
            Result { () throws(RegistryError) in try body() }.mapError { HubError(registry: $0) }
        }
    }
}
