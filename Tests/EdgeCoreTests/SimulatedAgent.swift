import EdgeCore
import SensorKit

/// An agent's delivery and spool, with a gateway that drops repeats, in simulated time.
///
/// Threads take turns: whoever's turn it is does one step, in an order that the seed decides.
struct SimulatedAgent {
    /// What the gateway stores: whole messages only, as it drops whole ones.
    struct Gateway {
        var stored: [UInt32: Set<UInt64>] = [:]
        /// In the order of their coming.
        var messages: [Outgoing] = []
        var faults: [String] = []
        var dropped: Set<ReadingRange> = []

        mutating func receive(_ message: Outgoing) {
            let numbers = Set(message.parcel.first...message.parcel.last)
            let known = self.stored[message.parcel.epoch, default: []]
            self.dropped.formUnion(message.dropped)
            if numbers.isSubset(of: known) { return }
            if !numbers.isDisjoint(with: known) { self.faults.append("\(message.parcel.range) is known in part") }
            self.stored[message.parcel.epoch, default: []].formUnion(numbers)
            self.messages.append(message)
        }
    }

    static let boot = BootID(high: 1, low: 1)

    let disk: SimulatedDisk
    var settings = Delivery.Settings()
    var spoolSettings = SpoolSettings()
    var gateway = Gateway()
    var now = BootInstant(milliseconds: 1_000_000)
    var epoch: UInt32 = 0
    var delivery: Delivery
    var log: SpoolLog<SimulatedDisk>
    /// On the wire or at the gateway, not yet acknowledged to the agent.
    var inFlight: [(messageID: Int32, message: Outgoing)] = []
    var nextMessageID: Int32 = 1
    /// Readings of this run, all that the spool took, and when each was measured.
    var appended: UInt64 = 0
    var spooled: Set<Key> = []
    var acknowledged: Set<Key> = []

    struct Key: Hashable {
        var epoch: UInt32
        var number: UInt64
    }

    init(
        _ disk: SimulatedDisk = SimulatedDisk(),
        _ change: (inout Delivery.Settings, inout SpoolSettings) -> Void
    ) throws {
        self.disk = disk
        change(&self.settings, &self.spoolSettings)
        self.delivery = Delivery(epoch: 0, settings: self.settings, hasSpool: true, at: self.now)
        self.log = try SpoolLog(disk, settings: self.spoolSettings, epoch: 0, boot: Self.boot)
        try self.start()
    }

    /// A start of the program; what was in memory is gone.
    mutating func start() throws {
        self.epoch += 1
        self.appended = 0
        self.inFlight = []
        self.delivery = Delivery(epoch: self.epoch, settings: self.settings, hasSpool: true, at: self.now)
        self.log = try SpoolLog(self.disk, settings: self.spoolSettings, epoch: self.epoch, boot: Self.boot)
        self.delivery.noteUnreported(self.log.unreported)
        self.report()
    }

    mutating func sample(bodyBytes: Int = 30) {
        let body = [UInt8](repeating: 0x41, count: bodyBytes)
        _ = self.delivery.append(Reading(instant: self.now, body: body))
        self.appended += 1
    }

    mutating func connect() { self.delivery.connected(at: self.now) }

    /// The connection breaks; of what is on the wire some came, without their acknowledgement.
    mutating func disconnect(_ random: inout some RandomNumberGenerator) {
        let came = self.inFlight.isEmpty ? 0 : Int.random(in: 0...self.inFlight.count, using: &random)
        for (_, message) in self.inFlight.prefix(came) { self.gateway.receive(message) }
        self.inFlight = []
        self.delivery.disconnected(at: self.now)
    }

    /// The uplink's turn: publishes all it may. Returns how many messages.
    @discardableResult
    mutating func publish(isDated: Bool = true) -> Int {
        var count = 0
        while case .publish(let message) = self.delivery.next(at: self.now, isDated: isDated) {
            let messageID = self.nextMessageID
            self.nextMessageID += 1
            let isTaken = self.delivery.published(as: messageID, at: self.now)
            precondition(isTaken, "the window refused what it had room for")
            self.inFlight.append((messageID, message))
            count += 1
        }
        return count
    }

    /// The gateway stores and acknowledges up to so many of what is on the wire.
    mutating func acknowledge(_ most: Int = .max) {
        for (messageID, message) in self.inFlight.prefix(most) {
            self.gateway.receive(message)
            for number in message.parcel.first...message.parcel.last {
                self.acknowledged.insert(Key(epoch: message.parcel.epoch, number: number))
            }
            _ = self.delivery.acknowledged(messageID, at: self.now)
        }
        self.inFlight.removeFirst(min(most, self.inFlight.count))
    }

    /// The spool's thread's turn.
    mutating func spoolTurn(isEnd: Bool = false) throws {
        let work = self.delivery.takeSpoolWork(at: self.now, isEnd: isEnd)
        if !work.parcels.isEmpty {
            do {
                try self.log.append(work.parcels, unreported: work.unreported, at: self.now, offset: nil)
                for parcel in work.parcels {
                    for number in parcel.first...parcel.last {
                        self.spooled.insert(Key(epoch: parcel.epoch, number: number))
                    }
                }
                self.delivery.spooled()
            } catch {
                self.delivery.spoolRefused()
            }
        }
        for ticket in work.settled { try self.log.acknowledged(ticket) }
        var parcels: [Parcel] = []
        while parcels.count < work.wanted, let parcel = try self.log.takeParcel() { parcels.append(parcel) }
        self.delivery.offer(parcels)
        if let due = self.log.syncDue, self.now >= due { try self.log.sync() }
        self.delivery.note(self.log.takeDrops())
        self.report()
    }

    /// Connected and served until nothing is left, in so many seconds at most.
    mutating func settle(seconds: Int = 600) throws {
        for _ in 0..<seconds * 4 {
            self.now = self.now + 250
            self.publish()
            self.acknowledge()
            try self.spoolTurn()
            if self.disk.names.isEmpty, self.delivery.waitingCount == 0, self.inFlight.isEmpty { return }
        }
    }

    private mutating func report() {
        var report = SpoolReport()
        report.readings = self.log.readingCount
        report.hasUntaken = self.log.hasUntaken
        report.oldest = self.log.oldest?.instant
        self.delivery.update(report)
    }
}
