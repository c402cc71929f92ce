internal import DequeModule
internal import DeviceRegistry
internal import TelemetryModel

/// The cloud-to-device messages of one device while it is connected, or while acknowledgements are on their way to the disk.
///
/// Pure: the caller loads, delivers and completes what the actions name.
///
/// - Messages are delivered in the order of their numbers, at most ``windowMax`` unacknowledged.
/// - A message is locked by the connection it was delivered to, until that ends: MQTT sends nothing twice on one connection.
///   When the connection ends, all that is not acknowledged is queued again, in its place, and goes to the next one.
/// - What was acknowledged and is not completed on the disk yet is not delivered again.
///
/// Source: contract iothub-rest section 6, iothub-mqtt section 9.
struct DeviceQueue {
    /// Messages that are delivered and not acknowledged.
    static let windowMax = 16

    /// What the caller has to do.
    enum Action: Equatable {
        /// Read the messages behind this number and call ``loaded(_:of:at:)``.
        case load(after: Int64, connectionID: UInt64)
        case deliver(StoredMessage, connectionID: UInt64)
        /// Complete the message on the disk and call ``completed(_:)``.
        case complete(number: Int64)
    }

    private var connectionID: UInt64?
    /// Loaded and not delivered.
    private var waiting = Deque<StoredMessage>()
    private var inFlight = Set<Int64>()
    private var completing = Set<Int64>()
    /// The last one that was loaded for this connection.
    private var last: Int64 = 0
    private var isLoading = false
    /// Whether there may be messages behind ``last``.
    private var hasMore = false

    /// Whether nothing has to be remembered.
    var isIdle: Bool { self.connectionID == nil && self.completing.isEmpty }

    /// A connection is subscribed to messages; an older one gets none any more.
    mutating func attach(_ connectionID: UInt64) -> [Action] {
        guard self.connectionID.map({ $0 < connectionID }) ?? true else { return [] }
        self.detachAny()
        self.connectionID = connectionID
        return self.load()
    }

    /// A connection ended or is not subscribed any more.
    mutating func detach(_ connectionID: UInt64) {
        if self.connectionID == connectionID { self.detachAny() }
    }

    /// A message was put into the device's queue.
    mutating func added() -> [Action] {
        guard self.connectionID != nil else { return [] }
        self.hasMore = true
        return self.isLoading || !self.waiting.isEmpty ? [] : self.load()
    }

    /// Messages were read, in order: all there are behind the number that was asked for.
    mutating func loaded(_ messages: [StoredMessage], of connectionID: UInt64, at now: Timestamp) -> [Action] {
        guard self.connectionID == connectionID, self.isLoading else { return [] }
        self.isLoading = false
        self.last = messages.last.map { max($0.number, self.last) } ?? self.last
        self.waiting.append(contentsOf: messages.filter { !self.completing.contains($0.number) })
        return self.deliver(at: now)
    }

    /// They could not be read; the caller tries again later with ``added()``.
    mutating func loadFailed(of connectionID: UInt64) {
        if self.connectionID == connectionID { self.isLoading = false }
    }

    /// The client acknowledged a message, perhaps on a connection that has ended since.
    mutating func acknowledged(_ number: Int64, at now: Timestamp) -> [Action] {
        self.inFlight.remove(number)
        guard self.completing.insert(number).inserted else { return [] }
        // It may have been loaded again for a newer connection.
        self.waiting.removeAll { $0.number == number }
        return [.complete(number: number)] + self.deliver(at: now)
    }

    /// A message was not delivered: the connection ended, or the client takes none of its size.
    mutating func lost(_ number: Int64, of connectionID: UInt64, at now: Timestamp) -> [Action] {
        guard self.connectionID == connectionID, self.inFlight.remove(number) != nil else { return [] }
        return self.deliver(at: now)
    }

    /// A message is completed on the disk, or could not be.
    mutating func completed(_ number: Int64) {
        self.completing.remove(number)
    }

    /// Messages left the device's queue in another way: expired, purged.
    mutating func removed(_ numbers: Set<Int64>, at now: Timestamp) -> [Action] {
        self.waiting.removeAll { numbers.contains($0.number) }
        self.inFlight.subtract(numbers)
        return self.deliver(at: now)
    }

    private mutating func deliver(at now: Timestamp) -> [Action] {
        guard let connectionID else { return [] }
        var actions = [Action]()
        while self.inFlight.count < DeviceQueue.windowMax, let message = self.waiting.popFirst() {
            // An expired one is removed from the disk by the clock.
            guard message.expiresAt > now else { continue }
            self.inFlight.insert(message.number)
            actions.append(.deliver(message, connectionID: connectionID))
        }
        if self.waiting.isEmpty, self.hasMore, !self.isLoading { actions += self.load() }
        return actions
    }

    private mutating func load() -> [Action] {
        guard let connectionID else { return [] }
        self.isLoading = true
        self.hasMore = false
        return [.load(after: self.last, connectionID: connectionID)]
    }

    private mutating func detachAny() {
        self.connectionID = nil
        self.waiting = []
        self.inFlight = []
        self.last = 0
        self.isLoading = false
        self.hasMore = false
    }
}
