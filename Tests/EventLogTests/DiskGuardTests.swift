import LogFormat
import NIOCore
import Synchronization
import Testing

@testable import EventLog

@Suite("A nearly full disk: intake stops before it is full, reads go on, intake resumes by itself")
struct DiskGuardTests {
    @Test(
        "refused below the bound, taken again a quarter above it; the gateway's own topics go on until half of it",
        arguments: [
            ([1_000], false, false), ([999], true, false), ([999, 1_249], true, false), ([999, 1_250], false, false),
            ([500], true, false), ([499], true, true), ([499, 624], true, true), ([499, 625], true, false),
            ([0, 1_250, 1_000], false, false), ([1_249], false, false),
        ] as [([UInt64], Bool, Bool)]
    )
    func gate(freeBytes: [UInt64], isRefusing: Bool, isRefusingOwn: Bool) {
        var gate = DiskGate(freeBytesMin: 1_000)
        for bytes in freeBytes { gate.observe(freeBytes: bytes) }
        #expect(gate.isRefusing == isRefusing && gate.isRefusingOwn == isRefusingOwn)
    }

    @Test("without a bound nothing is refused; the largest bound does not overflow")
    func bounds() {
        var off = DiskGate(freeBytesMin: 0)
        off.observe(freeBytes: 0)
        #expect(!off.isRefusing && !off.isRefusingOwn)
        var all = DiskGate(freeBytesMin: .max)
        all.observe(freeBytes: 5)
        #expect(all.isRefusing && all.resumeBytes == .max)
    }

    @Test("a topic fenced by a full disk is reopened at once, after 1, 2, 4 … 60 s, and at once after a quiet time")
    func delays() {
        var delay = ReopenDelay()
        var due: [Int] = []
        for second in 0..<200 where delay.isDue(uptime: .seconds(second)) { due.append(second) }
        #expect(due == [0, 1, 3, 7, 15, 31, 63, 123, 183])
        let later = [242_999, 500_000, 500_999, 501_000].map { delay.isDue(uptime: .milliseconds($0)) }
        #expect(later == [false, true, false, true])
    }

    @Test("records are refused with the numbers and dropped, nothing is acknowledged, reads go on, and it resumes")
    func refusal() async throws {
        let disk = SimulatedDisk(seed: 1)
        let log = try makeLog(disk, freeBytesMin: 1_000)
        defer { log.close() }
        let topic = try log.openTopic("t", partitions: 1)
        let own = try log.openTopic("_own", partitions: 1)
        let states = Mutex<[DiskState]>([])
        log.onDiskState { state in states.withLock { $0.append(state) } }
        try await topic.append(values: ["a"])
        let notices = Notices()
        let appender = topic.makeAppender(onCommit: notices.callback)

        disk.faults.freeBytes = 700
        log.checkDisk()
        log.checkDisk()
        #expect(log.diskState == .nearlyFull(freeBytes: 700, neededBytes: 1_250))
        appender.stage(RecordTemplate(key: nil, partition: 0), value: ByteBuffer(string: "b"))
        #expect(appender.submit() == .refused(.diskNearlyFull(freeBytes: 700, neededBytes: 1_250)))
        #expect(appender.stagedCount == 0 && topic.status == .open)
        #expect(topic.unavailability?.contains("nearly full: 700 bytes") == true)
        await #expect(throws: EventLogError.diskNearlyFull(topic: "t", freeBytes: 700, neededBytes: 1_250)) {
            try await topic.append(values: ["b"])
        }
        #expect(try topic.allRecords().map(\.value) == ["a"])
        try await own.append(values: ["settled"])
        disk.faults.freeBytes = 499
        log.checkDisk()
        await #expect(throws: EventLogError.self) { try await own.append(values: ["settled"]) }

        let late = Mutex<[DiskState]>([])
        log.onDiskState { state in late.withLock { $0.append(state) } }
        disk.faults.freeBytes = 1_250
        log.checkDisk()
        #expect(log.diskState == .ok && topic.unavailability == nil)
        try await topic.append(values: ["c"])
        try await own.append(values: ["settled"])
        #expect(states.withLock { $0 } == [.nearlyFull(freeBytes: 700, neededBytes: 1_250), .ok])
        #expect(late.withLock { $0 } == [.nearlyFull(freeBytes: 499, neededBytes: 1_250), .ok])
        #expect(notices.received.isEmpty)
    }

    @Test("a log on a disk that is nearly full opens, reads and refuses; retention makes room")
    func start() async throws {
        let disk = SimulatedDisk(seed: 1)
        let log = try makeLog(disk)
        try await log.openTopic("t", partitions: 1).append(values: ["a"])
        log.close()
        disk.faults.freeBytes = 0
        let reopened = try makeLog(disk)
        defer { reopened.close() }
        let topic = try reopened.openTopic("t")
        #expect(try topic.allRecords().map(\.value) == ["a"])
        await #expect(throws: EventLogError.self) { try await topic.append(values: ["b"]) }
    }

    @Test("a topic that a full disk has fenced is reopened when there is room, one that failed otherwise is not")
    func reopened() async throws {
        let disk = SimulatedDisk(seed: 1)
        let log = try makeLog(disk, freeBytesMin: 1_000)
        defer { log.close() }
        let full = try log.openTopic("full", partitions: 1)
        let broken = try log.openTopic("broken", partitions: 1)
        for topic in [full, broken] { try await topic.append(values: ["a"]) }
        disk.faults.syncsUntilFailure = 0
        await #expect(throws: EventLogError.self) { try await broken.append(values: ["lost"]) }
        disk.faults.bytesUntilFull = 10
        await #expect(throws: EventLogError.self) { try await full.append(values: ["lost"]) }
        disk.faults.freeBytes = 100
        log.checkDisk(uptime: .seconds(1))
        #expect(full.status != .open)
        disk.faults.freeBytes = 10_000
        // Room again as far as the disk says, but a quota still refuses: it stays fenced, and is not tried all the time.
        disk.faults.bytesUntilFull = 0
        log.checkDisk(uptime: .seconds(2))
        #expect(full.status != .open)
        disk.faults.bytesUntilFull = nil
        log.checkDisk(uptime: .milliseconds(2_500))
        #expect(full.status != .open)
        log.checkDisk(uptime: .seconds(3))
        #expect(full.status == .open && broken.status != .open)
        try await full.append(values: ["b"])
        #expect(try full.allRecords().map(\.value) == ["a", "b"])
    }

    @Test("the log's own threads look at the disk and at what is too old, and end with it")
    func threads() async throws {
        let folder = try TemporaryFolder()
        let free = Mutex<UInt64>(.max)
        let files = MeasuredFiles { free.withLock { $0 } }
        let log = try EventLog(
            configuration: EventLog.Configuration(
                directory: folder.path + "/log",
                segmentBytesMax: 300,
                settingsDefault: TopicSettings(retentionBytes: 1, segmentBytesMax: 300),
                freeBytesMin: 1_000,
                retentionCheck: .milliseconds(5),
                diskCheck: .milliseconds(5)
            ),
            files: files,
            logger: quietLogger
        )
        let topic = try log.openTopic("t", partitions: 1)
        let states = AsyncStream.makeStream(of: DiskState.self)
        log.onDiskState { states.continuation.yield($0) }
        var iterator = states.stream.makeAsyncIterator()
        free.withLock { $0 = 5 }
        let nearlyFull = await iterator.next()
        #expect(nearlyFull == .nearlyFull(freeBytes: 5, neededBytes: 1_250))
        free.withLock { $0 = 5_000 }
        let roomAgain = await iterator.next()
        #expect(roomAgain == .ok)
        try await topic.append(values: (0..<4).map { _ in String(repeating: "x", count: 300) })
        let limit = ContinuousClock.now + .seconds(10)
        while topic.recordCount > 1, ContinuousClock.now < limit { await Task.yield() }
        #expect(topic.recordCount <= 1)
        log.close()
    }
}

/// The real files on a disk whose room a test says.
private struct MeasuredFiles: LogFiles {
    private let files = PosixLogFiles()
    private let free: @Sendable () -> UInt64

    init(_ free: @escaping @Sendable () -> UInt64) {
        self.free = free
    }

    func createDirectory(_ path: String) throws(LogFileError) { try self.files.createDirectory(path) }
    func list(_ directory: String) throws(LogFileError) -> [String] { try self.files.list(directory) }
    func syncDirectory(_ path: String) throws(LogFileError) { try self.files.syncDirectory(path) }
    func lockDirectory(_ path: String) throws(LogFileError) -> (any Sendable)? { try self.files.lockDirectory(path) }
    func open(_ path: String, _ mode: LogFileMode) throws(LogFileError) -> any LogFile {
        try self.files.open(path, mode)
    }
    func rename(_ path: String, to newPath: String) throws(LogFileError) { try self.files.rename(path, to: newPath) }
    func unlink(_ path: String) throws(LogFileError) { try self.files.unlink(path) }
    func removeDirectory(_ path: String) throws(LogFileError) { try self.files.removeDirectory(path) }
    func freeBytes(in directory: String) throws(LogFileError) -> UInt64 { self.free() }
}
