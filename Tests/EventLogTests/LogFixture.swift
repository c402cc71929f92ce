import EventLog
import Foundation
import Glibc
import LogFormat
import Logging
import NIOCore
import Synchronization
import TelemetryModel

/// A clock that stands until it is set.
final class ManualClock: Sendable {
    private let milliseconds: Atomic<Int64>

    init(_ milliseconds: Int64 = 1_795_000_000_000) {
        self.milliseconds = Atomic(milliseconds)
    }

    func set(_ milliseconds: Int64) {
        self.milliseconds.store(milliseconds, ordering: .relaxed)
    }

    func advance(_ milliseconds: Int64) {
        self.milliseconds.add(milliseconds, ordering: .relaxed)
    }

    /// A monotonic clock that goes with it.
    var uptime: Duration { .milliseconds(self.milliseconds.load(ordering: .relaxed)) }

    var read: @Sendable () -> Timestamp {
        { Timestamp(milliseconds: self.milliseconds.load(ordering: .relaxed)) }
    }
}

/// Collects commit notices and lets a test wait for them.
final class Notices: Sendable {
    private let all = Mutex<[CommitNotice]>([])
    private let signal = AsyncStream.makeStream(of: CommitNotice.self)

    var callback: @Sendable (CommitNotice) -> Void {
        { notice in
            self.all.withLock { $0.append(notice) }
            self.signal.continuation.yield(notice)
        }
    }

    var received: [CommitNotice] { self.all.withLock { $0 } }

    /// The next notice that no wait has returned yet. One waiter at a time.
    func next() async -> CommitNotice? {
        var iterator = self.signal.stream.makeAsyncIterator()
        return await iterator.next()
    }
}

/// A gate that holds threads until it is opened.
final class Gate: @unchecked Sendable {  // because semaphores may be used from any thread
    private let arrivals = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
    private let passes = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init() {
        sem_init(self.arrivals, 0, 0)
        sem_init(self.passes, 0, 0)
    }

    deinit {
        self.arrivals.deallocate()
        self.passes.deallocate()
    }

    /// Called by the thread to hold.
    func pass() {
        sem_post(self.arrivals)
        while sem_wait(self.passes) != 0 {}
    }

    /// Waits until a thread is held; `false` when none came within ten seconds.
    func waitForArrival() -> Bool {
        var limit = timespec()
        clock_gettime(CLOCK_REALTIME, &limit)
        limit.tv_sec += 10
        while sem_timedwait(self.arrivals, &limit) != 0 {
            if errno != EINTR { return false }
        }
        return true
    }

    func open(_ count: Int = 1) {
        for _ in 0..<count { sem_post(self.passes) }
    }
}

let quietLogger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// A log in a simulated disk.
func makeLog(
    _ disk: SimulatedDisk,
    clock: ManualClock = ManualClock(),
    segmentBytesMax: Int = 1 << 20,
    pendingBytesMax: Int = 1 << 20,
    batchBytesMax: Int = 100_000,
    settings: TopicSettings = TopicSettings(),
    topicsMax: Int = 256,
    freeBytesMin: UInt64 = 1_000
) throws(EventLogError) -> EventLog {
    try EventLog(
        configuration: EventLog.Configuration(
            directory: "/log",
            segmentBytesMax: segmentBytesMax,
            pendingBytesMax: pendingBytesMax,
            batchBytesMax: batchBytesMax,
            settingsDefault: settings,
            topicsMax: topicsMax,
            freeBytesMin: freeBytesMin,
            // Tests say when.
            retentionCheck: .zero,
            diskCheck: .zero
        ),
        files: disk,
        clock: clock.read,
        logger: quietLogger
    )
}

/// A folder of the real file system that is removed at the end.
final class TemporaryFolder {
    let path = FileManager.default.temporaryDirectory.path + "/weir-log-\(UInt64.random(in: 0...UInt64.max))"

    init() throws {
        try FileManager.default.createDirectory(atPath: self.path, withIntermediateDirectories: false)
    }

    deinit { try? FileManager.default.removeItem(atPath: self.path) }
}

/// A record as tests compare it.
struct SeenRecord: Equatable, Hashable {
    var partition: Int
    var offset: Int64
    var value: String
}

extension LogTopic {
    /// Every record there is, in commit order, read in pieces of `maxBytes`.
    func allRecords(from start: LogPosition? = nil, maxBytes: Int = 4_096) throws -> [SeenRecord] {
        var position = try start ?? self.position(at: .earliest)
        var seen: [SeenRecord] = []
        while true {
            let result = try self.read(from: position, maxBytes: maxBytes)
            for batch in result.batches {
                for record in try batch.records {
                    let value = String(decoding: record.value.readableBytesView, as: UTF8.self)
                    seen.append(SeenRecord(partition: batch.partition, offset: record.offset, value: value))
                }
            }
            if result.batches.isEmpty, result.next == position { return seen }
            position = result.next
        }
    }

    /// Appends one keyed record for each value, each in a cycle of its own.
    @discardableResult
    func append(values: [String], key: String = "k") async throws -> [RecordLocation] {
        var locations: [RecordLocation] = []
        for value in values {
            locations += try await self.append([NewRecord(key: Array(key.utf8), value: Array(value.utf8))])
        }
        return locations
    }
}
