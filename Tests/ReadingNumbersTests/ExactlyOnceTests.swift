import TestSupport
import Testing

@testable import ReadingNumbers

@Suite("Exactly once, with crashes of both sides, DESIGN section 5")
struct ExactlyOnceTests {
    @Test(
        "after thousands of crashes, failed syncs and reconnects every reading is in the log once, or told as dropped"
    )
    func crashes() throws {
        var random = SeededGenerator.announced()
        var (crashes, repeats, losses) = (0, 0, 0)
        for _ in 0..<400 {
            var world = World(seed: random.next())
            try world.run(steps: 250)
            world.check()
            crashes += world.crashes
            repeats += world.repeats
            losses += world.lost
        }
        #expect(crashes > 2_000 && repeats > 2_000 && losses > 500, "\(crashes) crashes, \(repeats), \(losses)")
        print("exactly once: \(crashes) crashes, \(repeats) repeats dropped, \(losses) messages lost before their sync")
    }
}

/// A message of the model, with the boundaries it has for ever.
private struct Message: Equatable {
    var span: ReadingSpan
    /// Given to the log with the message.
    var dropped: [ReadingSpan] = []
}

/// A device, the way to the gateway, the gateway and its disk.
///
/// The log is a list of messages: those before `synced` are on the disk, the others may be lost from any point on. The
/// gateway works as `NumbersLoop` does: it judges, stages, and learns of syncs one commit at a time.
private struct World {
    private static let key = DeviceKey(low: 1, high: 2)
    private static let name = "dev1"

    var random: SeededGenerator
    // The device.
    private var epoch: UInt32 = 1
    private var next: UInt64 = 0
    private var spool: [Message] = []
    private var drops: [ReadingSpan] = []
    private var made: Set<ReadingSpan> = []
    private var givenUp: Set<ReadingSpan> = []
    // On the way: what of the spool is sent over this connection.
    private var sent: [ReadingSpan] = []
    // The gateway.
    private var log: [Message] = []
    private var synced = 0
    private var table = ReceivedTable(devicesMax: 8)
    private var device = DeviceNumbers(synced: ReceivedRanges())
    /// Acknowledgements and the log's length they wait for.
    private var waiting: [(span: ReadingSpan, length: Int)] = []
    private var told: [ReadingGap] = []
    // On the disk besides the log.
    private var snapshot: (blocks: [[UInt8]], covered: Int)?
    private var minute: UInt32 = 1_000
    private(set) var crashes = 0
    private(set) var repeats = 0
    private(set) var lost = 0

    init(seed: UInt64) {
        self.random = SeededGenerator(seed: seed)
    }

    mutating func run(steps: Int) throws {
        for _ in 0..<steps {
            self.minute += 1
            switch Int.random(in: 0..<100, using: &self.random) {
            case 0..<25: self.measure()
            case 25..<55: self.publish()
            case 55..<75: self.sync()
            case 75..<80: self.reconnect()
            case 80..<83: self.restartDevice()
            case 83..<86: self.giveUp()
            case 86..<90: self.takeSnapshot()
            case 90..<93: self.tell()
            case 93..<95: self.failSync()
            default: try self.crash()
            }
        }
        while !self.spool.isEmpty || !self.drops.isEmpty {
            if self.spool.isEmpty { self.measure() }
            self.reconnect()
            for _ in self.spool { self.publish() }
            self.sync()
        }
        self.tell()
    }

    // MARK: The device

    private mutating func measure() {
        let count = UInt64.random(in: 1...5, using: &self.random)
        let span = ReadingSpan(text: "\(self.epoch):\(self.next)-\(self.next + count - 1)")
        self.next += count
        self.made.insert(span)
        self.spool.append(Message(span: span, dropped: self.drops))
        self.drops = []
    }

    /// Sends a message of the spool that this connection has not sent; the live one, or the oldest.
    private mutating func publish() {
        let unsent = self.spool.filter { !self.sent.contains($0.span) }
        guard let message = Bool.random(using: &self.random) ? unsent.first : unsent.last else { return }
        self.sent.append(message.span)
        self.receive(message)
    }

    private mutating func restartDevice() {
        guard self.epoch < UInt32(ReceivedRanges.epochsMax) else { return self.reconnect() }
        self.epoch += 1
        self.next = UInt64.random(in: 0...1, using: &self.random)
        self.reconnect()
    }

    private mutating func giveUp() {
        guard let index = self.spool.indices.randomElement(using: &self.random) else { return }
        // One that carries a drop itself must not be given up with it.
        guard self.spool[index].dropped.isEmpty else { return }
        let message = self.spool.remove(at: index)
        self.givenUp.insert(message.span)
        self.drops.append(message.span)
    }

    /// The device is connected anew, perhaps to another loop, which gets its numbers when nothing is on its way.
    private mutating func reconnect() {
        self.sent = []
        // Acknowledgements on their way are lost, the records are not.
        while self.synced < self.log.count { self.sync(isAcknowledged: false) }
        self.waiting = []
        self.device = DeviceNumbers(synced: self.table.ranges(of: World.key))
    }

    // MARK: The gateway

    private mutating func receive(_ message: Message) {
        switch self.device.judge(message.span) {
        case .new:
            self.log.append(message)
            self.waiting.append((message.span, self.log.count))
        case .repeated:
            self.repeats += 1
            self.waiting.append((message.span, self.waiting.last?.length ?? 0))
        case .repeatedUnsynced:
            self.repeats += 1
            self.waiting.append((message.span, self.log.count))
        }
        self.answer()
    }

    /// A commit of some of what is written.
    private mutating func sync(isAcknowledged: Bool = true) {
        guard self.synced < self.log.count else { return }
        let end = Int.random(in: (self.synced + 1)...self.log.count, using: &self.random)
        for message in self.log[self.synced..<end] {
            self.insert(message)
            self.device.commit(message.span, atMinute: self.minute)
        }
        self.synced = end
        if isAcknowledged { self.answer() }
    }

    private mutating func answer() {
        while let first = self.waiting.first, first.length <= self.synced {
            self.waiting.removeFirst()
            self.spool.removeAll { $0.span == first.span }
        }
    }

    private mutating func insert(_ message: Message) {
        self.table.insert(
            message.span,
            dropped: message.dropped,
            of: World.key,
            name: World.name,
            atMinute: self.minute
        )
    }

    /// Nothing behind the last sync is in the log; its publishers are disconnected.
    private mutating func failSync() {
        let count = self.log.count - self.synced
        self.lost += count
        self.log.removeLast(count)
        self.device.fail(count, unsettled: [ReadingSpan]())
        self.waiting = []
        self.sent = []
    }

    private mutating func tell() {
        self.table.expire(noticedBy: self.minute - 60)
        self.told += self.table.gaps
        self.table.confirmGaps(self.table.gaps.count)
    }

    /// Of now, and said to cover less than it does.
    private mutating func takeSnapshot() {
        var blocks: [[UInt8]] = []
        var devices: [StoredDevice] = []
        self.table.stored(from: 0, count: .max / 2) { devices.append($0) }
        blocks.append(SnapshotBlock.devices(devices).bytes)
        blocks.append(SnapshotBlock.gaps(self.table.gaps).bytes)
        let covered = Int.random(in: max(0, self.synced - 20)...self.synced, using: &self.random)
        self.snapshot = (blocks, covered)
    }

    private mutating func crash() throws {
        self.crashes += 1
        let end = Int.random(in: self.synced...self.log.count, using: &self.random)
        self.lost += self.log.count - end
        self.log.removeLast(self.log.count - end)
        self.synced = end
        self.table = ReceivedTable(devicesMax: 8)
        for bytes in self.snapshot?.blocks ?? [] {
            switch try SnapshotBlock(bytes) {
            case .devices(let devices): for device in devices { self.table.restore(device) }
            case .gaps(let gaps): for gap in gaps { self.table.restore(gap) }
            case .header, .deleted, .end: break
            }
        }
        for message in self.log[(self.snapshot?.covered ?? 0)...] { self.insert(message) }
        self.waiting = []
        self.sent = []
        self.device = DeviceNumbers(synced: self.table.ranges(of: World.key))
    }

    // MARK: At the end

    func check() {
        var stored: [ReadingSpan: Int] = [:]
        for message in self.log { stored[message.span, default: 0] += 1 }
        for span in self.made {
            let count = stored[span] ?? 0
            let gaps = self.told.filter {
                $0.span.epoch == span.epoch && $0.span.first <= span.first && span.last <= $0.span.last
            }
            if self.givenUp.contains(span) {
                // It may have come before the device gave it up; a drop is told only of what did not.
                #expect(count == 1 || count == 0 && !gaps.isEmpty, "\(span): \(count) times, told \(gaps)")
                #expect(count == 0 || !gaps.contains { $0.reason == .dropped }, "\(span) is there, and told as dropped")
            } else {
                #expect(count == 1, "\(span) is in the log \(count) times")
                #expect(!gaps.contains { $0.reason == .dropped })
            }
        }
        #expect(self.log.count == stored.count)
    }
}
