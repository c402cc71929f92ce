/// What becomes of each reading from its numbering to its acknowledgement, and who has it meanwhile.
///
/// ```
///  append ─► ring ─┬─ next ─► window ─ acknowledged ─► gone
///                  │            │ disconnected: back to the ring, boundaries fixed; or to `ready`
///                  └─ takeForSpool ─► writing ─ spooled ─► the spool's ─► ready ─ next ─► window ─ acknowledged ─► its file
/// ```
/// Invariants:
/// - a reading is in one of ring, writing, ready, publishing and window, or it is the spool's alone, or it was
///   acknowledged, or it was given up and is in the ``DropReport``;
/// - readings are handed to the spool only while nobody acknowledges any: offline, stalled, half full, or at the end;
/// - live readings never wait for the backlog, but for one of a few seconds, which is sent before them so that all are in order.
///
/// Pure: one lock guards it, its owner does what it says. Time is boot time.
package struct Delivery: Sendable {
    package struct Settings: Equatable, Sendable {
        /// What readings may take in memory, bytes.
        package var bufferSizeMaxBytes = 4_194_304
        /// Messages in flight.
        package var windowMessages = 20
        package var drainReadingsPerSecond = 16_000
        /// Without an acknowledgement for so long, the waiting readings go to the spool.
        package var stallMilliseconds: Int64 = 10_000

        package init() {}
    }

    /// Readings given up for want of memory: how many, and the time they span.
    package struct Loss: Equatable, Sendable {
        package var count: Int
        package var first: BootInstant
        package var last: BootInstant
    }

    enum Link: Equatable {
        /// No connection yet, or one on purpose renewed: nothing has failed before `until`.
        case pending(until: BootInstant)
        case online(since: BootInstant)
        case offline
    }

    enum Order: Equatable {
        /// A short backlog goes first, as if the connection had not been away.
        case backlogFirst
        case liveFirst
    }

    /// How long a start or a renewal may take before readings go to the spool.
    package static let pendingMaxMilliseconds: Int64 = 5_000
    /// Readings that were measured no longer ago are news.
    package static let newsMilliseconds: Int64 = 30_000
    /// How long readings wait online for the time to be known, before they go without. Only a device with a certificate is
    /// connected before that: a token needs the time.
    package static let datingMaxMilliseconds: Int64 = 600_000
    /// Without an acknowledgement for so long the connection is no good.
    package static let silenceMaxMilliseconds: Int64 = 30_000
    /// Readings that go to the spool in one write.
    static let spoolBatchMax = 512

    let settings: Settings
    var link: Link
    var order = Order.liveFirst
    var ring: ReadingRing
    var window: PublishWindow
    /// Given to the broker's library, which has not yet said under which id.
    var publishing: Outgoing?
    var rate: DrainRate
    /// When something was last acknowledged, or first sent after nothing was in flight.
    var progressAt = BootInstant(milliseconds: 0)
    package internal(set) var isFinished = false

    // The spool's side
    /// `nil` without a state folder.
    var spool: SpoolReport?
    /// Being written by its thread.
    var writing: [Parcel] = []
    /// Handed out by its thread, oldest first, among them what came back from a lost connection.
    var ready: [Parcel] = []
    /// Acknowledged, to be told to its thread.
    var settled: [UInt64] = []
    /// The drop report's version that its thread has stored.
    var storedDropVersion = 0

    package internal(set) var summary = AgentSummary()
    var drops: DropReport
    var dropped: [DropCause: Int] = [:]
    var loss: Loss?
    var connections = 0
    /// Whether a message in flight tells of drops.
    var isTellingDrops = false

    /// - Parameters:
    ///   - epoch: Of this run.
    ///   - settings: Bounds.
    ///   - hasSpool: Whether there is a spool that takes readings.
    ///   - now: The time.
    package init(epoch: UInt32, settings: Settings, hasSpool: Bool, at now: BootInstant) {
        self.settings = settings
        self.link = .pending(until: now + Self.pendingMaxMilliseconds)
        self.ring = ReadingRing(epoch: epoch, sizeMaxBytes: settings.bufferSizeMaxBytes)
        self.window = PublishWindow(limit: settings.windowMessages)
        self.rate = DrainRate(readingsPerSecond: settings.drainReadingsPerSecond)
        self.spool = hasSpool ? SpoolReport() : nil
        self.drops = DropReport()
    }

    /// Adds a reading; the oldest go when there is no room.
    ///
    /// - Returns: Whether it is the first since the last connection for which others had to go, to be logged once.
    package mutating func append(_ reading: Reading) -> Bool {
        self.ring.append(reading)
        let isFirst = self.loss == nil
        self.noteGaps()
        return isFirst && self.loss != nil
    }

    /// What was given up for want of memory since the last call; the next is news again.
    package mutating func takeLoss() -> Loss? {
        defer { self.loss = nil }
        return self.loss
    }

    /// Takes over what the ring gave up.
    mutating func noteGaps() {
        for gap in self.ring.takeGaps() {
            let count = (self.loss?.count ?? 0) + Int(gap.range.count)
            self.loss = Loss(count: count, first: self.loss?.first ?? gap.first, last: gap.last)
            self.giveUp(gap.range, .memory)
        }
    }

    /// Counts samples that failed.
    package mutating func countReadErrors(_ count: Int) {
        self.summary.readErrors += count
    }

    /// So many readings are in the spool at the end.
    package mutating func note(spooled count: Int) {
        self.summary.spooled = count
    }

    package var isOnline: Bool {
        if case .online = self.link { true } else { false }
    }

    /// No more readings come: send and write what is there.
    package mutating func finish() {
        self.isFinished = true
    }

    /// Readings in memory alone that a gateway should get before the end.
    package var waitingCount: Int { self.ring.count }

    package var status: DeliveryStatus {
        var status = DeliveryStatus()
        status.waitingReadings = self.ring.count
        status.waitingBytes = self.ring.usedBytes
        status.inFlightMessages = self.window.inFlightCount
        status.spool = self.spool
        status.dropped = self.dropped
        status.connections = self.connections
        status.isOnline = self.isOnline
        return status
    }

    /// Counts and reports readings that nobody will send.
    mutating func giveUp(_ range: ReadingRange, _ cause: DropCause) {
        self.dropped[cause, default: 0] += Int(range.count)
        self.summary.dropped += Int(range.count)
        self.drops.add(range)
    }

    /// The run is over and there is no spool for what was not sent: it is lost.
    ///
    /// - Returns: How many readings, those too that were sent and may have come.
    package mutating func abandon() -> Int {
        var count = 0
        while let parcel = self.ring.popFirst(readingsMax: Parcel.readingsMax) {
            if !parcel.wasSent { self.summary.dropped += parcel.count }
            count += parcel.count
        }
        return count
    }
}
