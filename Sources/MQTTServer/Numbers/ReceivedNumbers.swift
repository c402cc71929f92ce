package import EventLog
package import ReadingNumbers
import Synchronization

/// The numbers of all readings that are in the log, as far as they are remembered, for all event loops.
///
/// - A device belongs to one event loop at a time: only that judges its messages, without a lock. It gives the device
///   back when its last connection is gone, or when another loop asks for it, and never before all that it staged is
///   synced or lost. So nobody else has to know what is on its way.
/// - What is here is synced. Loops add to it once per commit.
/// - Until the log was read (``becomeReady()``) no device is given to anybody.
///
/// Threads: any. Each of its parts has a lock, held for the devices of one commit.
package final class ReceivedNumbers: Sendable {
    static let shardCount = 16
    /// Devices that are looked at under one lock.
    static let sliceMax = SnapshotBlock.devicesMax

    /// The key of the devices' hashes; it lies in the snapshot.
    package let secret: SipHash.Key
    let shards: [NumbersShard]
    let logEnd: @Sendable () -> LogPosition
    private let deletionCount = Atomic<Int>(0)

    /// Numbers of nobody.
    ///
    /// - Parameters:
    ///   - devicesMax: devices that are remembered, at 256 bytes on average; then the longest silent is forgotten.
    ///   - secret: the snapshot's; a new one when there is none.
    ///   - logEnd: the place behind all that is synced; of a log that is never read again any place will do.
    package init(
        devicesMax: Int,
        secret: SipHash.Key = .random(),
        logEnd: @escaping @Sendable () -> LogPosition = { LogPosition(segment: 0, byte: 0) }
    ) {
        self.secret = secret
        self.logEnd = logEnd
        let share = (devicesMax + ReceivedNumbers.shardCount - 1) / ReceivedNumbers.shardCount
        self.shards = (0..<ReceivedNumbers.shardCount).map { _ in NumbersShard(devicesMax: share) }
    }

    /// The key of `device` or `device/module`.
    package func key(of name: String) -> DeviceKey { DeviceKey(of: name, secret: self.secret) }

    func shardIndex(of key: DeviceKey) -> Int {
        Int(truncatingIfNeeded: key.high) & (ReceivedNumbers.shardCount - 1)
    }

    func shard(of key: DeviceKey) -> NumbersShard { self.shards[self.shardIndex(of: key)] }

    /// Devices that are remembered.
    package var deviceCount: Int {
        self.shards.reduce(0) { sum, shard in sum + shard.state.withLock { $0.table.count } }
    }

    /// Bytes that they take.
    package var bytes: Int {
        self.shards.reduce(0) { sum, shard in sum + shard.state.withLock { $0.table.bytes } }
    }

    /// What was forgotten so far.
    package var counts: ReceivedTable.Counts {
        self.shards.reduce(into: ReceivedTable.Counts()) { sum, shard in
            let counts = shard.state.withLock { $0.table.counts }
            sum.forgottenRanges += counts.forgottenRanges
            sum.forgottenDevices += counts.forgottenDevices
            sum.lostGaps += counts.lostGaps
        }
    }

    /// What is known of a device.
    package func ranges(of name: String) -> ReceivedRanges {
        let key = self.key(of: name)
        return self.shard(of: key).state.withLock { $0.table.ranges(of: key) }
    }

    // MARK: What is in the log

    /// Readings of one message are in the log.
    ///
    /// - Parameters:
    ///   - numbers: the message's.
    ///   - name: its device.
    ///   - minute: when they were stored, minutes since 1970.
    ///   - position: where they stand, when the log is read back: what a deleted device left there does not count.
    package func record(
        _ numbers: MessageNumbers,
        of name: String,
        atMinute minute: UInt32,
        readAt position: LogPosition? = nil
    ) {
        let key = self.key(of: name)
        self.shard(of: key).state.withLock { state in
            if let position, state.deletions[key]?.covers(position) == true { return }
            state.table.insert(numbers.span, dropped: numbers.dropped, of: key, name: name, atMinute: minute)
        }
    }

    /// The same of the messages of one commit: one lock for each part that has some of them.
    func record(_ messages: [StagedNumbers], atMinute minute: UInt32) {
        var shards: UInt32 = 0
        for message in messages { shards |= 1 << UInt32(self.shardIndex(of: message.device.key)) }
        for index in self.shards.indices where shards & (1 << UInt32(index)) != 0 {
            self.shards[index].state.withLock { state in
                for message in messages where self.shardIndex(of: message.device.key) == index {
                    state.table.insert(
                        message.numbers.span,
                        dropped: message.numbers.dropped,
                        of: message.device.key,
                        name: message.device.name,
                        atMinute: minute
                    )
                }
            }
        }
    }

    /// How much has happened to deleted devices: the next snapshot must know.
    package var deletions: Int { self.deletionCount.load(ordering: .acquiring) }

    func noteDeletion() {
        self.deletionCount.add(1, ordering: .releasing)
    }

    // MARK: Gaps

    /// Makes gaps of what is waited for since `minute`, in minutes since 1970, or longer.
    package func expire(noticedBy minute: UInt32) {
        for shard in self.shards {
            var start = 0
            var isEnd = false
            while !isEnd {
                isEnd = shard.state.withLock { state in
                    state.table.expire(noticedBy: minute, from: start, count: ReceivedNumbers.sliceMax)
                    return start + ReceivedNumbers.sliceMax >= state.table.entryCount
                }
                start += ReceivedNumbers.sliceMax
            }
        }
    }

    /// The gaps that wait to be told, at most one part's, and what confirms them.
    package var nextGaps: (gaps: [ReadingGap], confirmation: GapConfirmation)? {
        for (index, shard) in self.shards.enumerated() {
            let gaps = shard.state.withLock { $0.table.gaps }
            if !gaps.isEmpty { return (gaps, GapConfirmation(shard: index, count: gaps.count)) }
        }
        return nil
    }

    /// Gaps are told, durably. One caller at a time.
    package func confirm(_ confirmation: GapConfirmation) {
        self.shards[confirmation.shard].state.withLock { $0.table.confirmGaps(confirmation.count) }
    }

    // MARK: Snapshots

    /// Calls `body` with all devices, in pieces, and then with the gaps that wait and with who was deleted: a snapshot of
    /// what was here when it began, and of some of what came meanwhile.
    ///
    /// - Parameters:
    ///   - covered: all of the log that is before it is here.
    ///   - body: gets one block after the other.
    /// - Throws: what `body` throws.
    package func stored<Failure: Error>(
        covering covered: LogPosition,
        _ body: (SnapshotBlock) throws(Failure) -> Void
    ) throws(Failure) {
        for shard in self.shards {
            var start = 0
            while true {
                var devices: [StoredDevice] = []
                let isEnd = shard.state.withLock { state in
                    state.table.stored(from: start, count: ReceivedNumbers.sliceMax) { devices.append($0) }
                    return start + ReceivedNumbers.sliceMax >= state.table.entryCount
                }
                if !devices.isEmpty { try body(.devices(devices)) }
                if isEnd { break }
                start += ReceivedNumbers.sliceMax
            }
        }
        // Last: a gap that was told meanwhile is in the topic, one that was made meanwhile is here.
        for shard in self.shards {
            try ReceivedNumbers.inPieces(shard.state.withLock { $0.table.allGaps }) { gaps throws(Failure) in
                try body(.gaps(gaps))
            }
        }
        // Behind the devices: who is deleted meanwhile may be among them, and is here.
        try ReceivedNumbers.inPieces(self.deletedDevices(behind: covered)) { devices throws(Failure) in
            try body(.deleted(devices))
        }
    }

    private static func inPieces<Element, Failure: Error>(
        _ elements: [Element],
        _ body: ([Element]) throws(Failure) -> Void
    ) throws(Failure) {
        for start in stride(from: 0, to: elements.count, by: self.sliceMax) {
            try body(Array(elements[start..<min(start + self.sliceMax, elements.count)]))
        }
    }

    /// Takes back what ``stored(_:)`` gave.
    package func restore(_ block: SnapshotBlock) {
        switch block {
        case .header, .end: break
        case .devices(let devices):
            for device in devices {
                self.shard(of: device.key).state.withLock { state in
                    // Deleted since the start: the snapshot has what was before.
                    if state.deletions[device.key] == nil { state.table.restore(device) }
                }
            }
        case .gaps(let gaps):
            for gap in gaps { self.shard(of: self.key(of: gap.device)).state.withLock { $0.table.restore(gap) } }
        case .deleted(let devices):
            for device in devices { self.restore(device) }
        }
    }

    /// Forgets all devices, and the gaps that wait: a snapshot was not what it seemed.
    func forgetAll() {
        for shard in self.shards {
            shard.state.withLock { $0.table = ReceivedTable(devicesMax: $0.table.devicesMax) }
        }
    }
}

/// Names the gaps that ``ReceivedNumbers/nextGaps`` gave.
package struct GapConfirmation: Sendable {
    fileprivate let shard: Int
    fileprivate let count: Int
}
