import EdgeCore
import SensorKit
import Testing

@Suite("the spool: appended, taken, acknowledged, bounded")
struct SpoolLogTests {
    private static let boot = BootID(high: 1, low: 1)
    private static let start = BootInstant(milliseconds: 100_000)
    private let disk = SimulatedDisk()

    private func log(
        epoch: UInt32 = 7,
        boot: BootID = boot,
        _ change: (inout SpoolSettings) -> Void = { _ in }
    ) throws -> SpoolLog<SimulatedDisk> {
        var settings = SpoolSettings()
        change(&settings)
        return try SpoolLog(self.disk, settings: settings, epoch: epoch, boot: boot)
    }

    private func parcels(
        _ numbers: Range<UInt64>,
        epoch: UInt32 = 7,
        kind: Reading.Kind = .sample,
        bodyBytes: Int = 30
    ) -> [Parcel] {
        numbers.map { number in
            let instant = BootInstant(milliseconds: Self.start.milliseconds + Int64(number))
            let body = [UInt8](repeating: 0x41, count: bodyBytes)
            return Parcel(epoch: epoch, first: number, readings: [Reading(kind: kind, instant: instant, body: body)])
        }
    }

    /// A parcel as it was sent.
    private func sent(_ numbers: Range<UInt64>) -> Parcel {
        let readings = self.parcels(numbers).flatMap(\.readings)
        return Parcel(epoch: 7, first: numbers.lowerBound, readings: readings, wasSent: true)
    }

    private func append(_ parcels: [Parcel], to log: inout SpoolLog<SimulatedDisk>, offset: Int64? = nil) throws {
        try log.append(parcels, at: Self.start, offset: offset)
    }

    private func takeAll(_ log: inout SpoolLog<SimulatedDisk>) throws -> [Parcel] {
        var parcels: [Parcel] = []
        while let parcel = try log.takeParcel() { parcels.append(parcel) }
        return parcels
    }

    private func ranges(_ parcels: [Parcel]) -> [String] { parcels.map { "\($0.first)-\($0.last)" } }

    @Test("readings are joined to parcels of 64, cut where the number divided by 64 changes")
    func cutting() throws {
        var log = try self.log()
        try self.append(self.parcels(10..<200), to: &log)
        #expect(self.ranges(try self.takeAll(&log)) == ["10-63", "64-127", "128-191", "192-199"])
        #expect(log.readingCount == 190)
    }

    @Test("parcels part at gaps, at other kinds and at 128 KiB; sent ones keep their boundaries")
    func boundaries() throws {
        var log = try self.log()
        try self.append(self.parcels(0..<3) + self.parcels(5..<7), to: &log)
        try self.append(self.parcels(7..<8, kind: .health) + self.parcels(8..<10), to: &log)
        try self.append([self.sent(10..<12), self.sent(12..<13)] + self.parcels(13..<15), to: &log)
        try self.append([self.sent(60..<70)], to: &log)
        try self.append(self.parcels(70..<75, bodyBytes: 50_000), to: &log)
        let parcels = try self.takeAll(&log)
        #expect(
            self.ranges(parcels)
                == ["0-2", "5-6", "7-7", "8-9", "10-11", "12-12", "13-14", "60-69", "70-71", "72-73", "74-74"]
        )
        #expect(parcels.filter(\.wasSent).map(\.first) == [10, 12, 60])
    }

    @Test("what was taken while more came is not joined to it, neither now nor after a restart")
    func growing() throws {
        var log = try self.log()
        try self.append(self.parcels(0..<3), to: &log)
        #expect(self.ranges(try self.takeAll(&log)) == ["0-2"])
        try self.append(self.parcels(3..<6), to: &log)
        #expect(self.ranges(try self.takeAll(&log)) == ["3-5"])
        var again = try self.log(epoch: 8)
        #expect(self.ranges(try self.takeAll(&again)) == ["0-2", "3-5"])
    }

    @Test("a file goes when all in it is acknowledged, whatever the order, and not before")
    func acknowledgements() throws {
        var log = try self.log()
        try self.append(self.parcels(0..<100, bodyBytes: 4_000), to: &log)
        try self.append(self.parcels(100..<110), to: &log)
        #expect(self.disk.names == [1, 2])
        let parcels = try self.takeAll(&log)
        let tickets = parcels.compactMap(\.ticket)
        #expect(tickets.count == parcels.count)
        for ticket in tickets.reversed().dropLast() { try log.acknowledged(ticket) }
        #expect(self.disk.names == [1, 2], "the oldest file is needed, and order is kept")
        try log.acknowledged(tickets[0])
        #expect(self.disk.names.isEmpty)
        #expect(log.readingCount == 0 && !log.hasUntaken && log.oldest == nil && log.syncDue == nil)
        try self.append(self.parcels(110..<112), to: &log)
        #expect(self.disk.names == [3], "names are not used twice")
        #expect(self.ranges(try self.takeAll(&log)) == ["110-111"])
    }

    @Test("after a restart everything that was not acknowledged comes again, in the same parcels")
    func restart() throws {
        var log = try self.log()
        try self.append(self.parcels(0..<150), to: &log)
        try self.append([self.sent(150..<153)], to: &log)
        let before = try self.takeAll(&log)
        try log.acknowledged(try #require(before[0].ticket))
        var again = try self.log(epoch: 8)
        #expect(self.ranges(try self.takeAll(&again)) == self.ranges(before))
        #expect(again.readingCount == 153)
        try again.append(self.parcels(0..<2, epoch: 8), at: Self.start, offset: nil)
        let newer = try self.takeAll(&again)
        #expect(newer.map(\.epoch) == [8] && self.ranges(newer) == ["0-1"])
    }

    @Test("the window: a sync is due after its seconds or its readings, on both sides")
    func window() throws {
        var log = try self.log { settings in
            settings.windowSeconds = 10
            settings.windowReadings = 5
        }
        #expect(log.syncDue == nil)
        try self.append(self.parcels(0..<4), to: &log)
        #expect(log.syncDue == BootInstant(milliseconds: Self.start.milliseconds + 10_000))
        try self.append(self.parcels(4..<5), to: &log)
        #expect(log.syncDue == Self.start)
        let before = self.disk.syncCount
        try log.sync()
        #expect(log.syncDue == nil && self.disk.syncCount == before + 1)
        try log.sync()
        #expect(self.disk.syncCount == before + 1, "nothing new, nothing synced")
    }

    @Test("beyond its size the oldest file goes, and what was in it is told")
    func size() throws {
        var log = try self.log { $0.sizeMaxBytes = 1_048_576 }
        for first in stride(from: UInt64(0), to: 2_000, by: 10) {
            try self.append(self.parcels(first..<first + 10, bodyBytes: 1_000), to: &log)
            #expect(log.sizeBytes <= 1_048_576 + 20_000)
        }
        let drops = log.takeDrops()
        #expect(!drops.isEmpty && drops.allSatisfy { $0.cause == .size })
        #expect(drops.first?.range.first == 0)
        for (one, next) in zip(drops, drops.dropFirst()) { #expect(one.range.isFollowed(by: next.range)) }
        let parcels = try self.takeAll(&log)
        #expect(parcels.first?.first == (drops.last?.range.last ?? 0) + 1)
        #expect(parcels.last?.last == 1_999)
        #expect(log.readingCount == parcels.reduce(0) { $0 + $1.count })
    }

    @Test("what was taken and goes with its file is not told as dropped, for it is still sent")
    func dropTaken() throws {
        var log = try self.log { $0.sizeMaxBytes = 1_048_576 }
        try self.append(self.parcels(0..<100, bodyBytes: 3_000), to: &log)
        let taken = try #require(try log.takeParcel())
        for first in stride(from: UInt64(100), to: 500, by: 10) {
            try self.append(self.parcels(first..<first + 10, bodyBytes: 3_000), to: &log)
        }
        #expect(log.takeDrops().first?.range.first == taken.last + 1)
        try log.acknowledged(try #require(taken.ticket))
        #expect(try log.takeParcel() != nil)
    }

    @Test("files older than allowed go, those of an earlier boot only when both boots are dated")
    func age() throws {
        func drops(offsetThen: Int64?, offsetNow: Int64?, laterSeconds: Int64, boot: BootID) throws -> Int {
            let disk = SimulatedDisk()
            var settings = SpoolSettings()
            settings.ageMaxSeconds = 60
            var log = try SpoolLog(disk, settings: settings, epoch: 7, boot: Self.boot)
            try log.append(self.parcels(0..<1), at: Self.start, offset: offsetThen)
            var later = try SpoolLog(disk, settings: settings, epoch: 8, boot: boot)
            let now = BootInstant(milliseconds: Self.start.milliseconds + laterSeconds * 1_000)
            try later.append(self.parcels(0..<1, epoch: 8), at: now, offset: offsetNow)
            return later.takeDrops().count
        }
        #expect(try drops(offsetThen: nil, offsetNow: nil, laterSeconds: 60, boot: Self.boot) == 0)
        #expect(try drops(offsetThen: nil, offsetNow: nil, laterSeconds: 61, boot: Self.boot) == 1)
        let other = BootID(high: 2, low: 2)
        #expect(try drops(offsetThen: 1_000_000, offsetNow: 1_061_000, laterSeconds: 0, boot: other) == 1)
        #expect(try drops(offsetThen: 1_000_000, offsetNow: 1_060_000, laterSeconds: 0, boot: other) == 0)
        #expect(try drops(offsetThen: nil, offsetNow: 9_000_000, laterSeconds: 0, boot: other) == 0)
        #expect(try drops(offsetThen: 1_000_000, offsetNow: nil, laterSeconds: 500, boot: other) == 0)
    }

    @Test("the floor of free disk: oldest files go for it, and with none left the append is refused")
    func freeDisk() throws {
        var log = try self.log { $0.freeDiskMinBytes = 10_000 }
        try self.append(self.parcels(0..<300, bodyBytes: 1_000), to: &log)
        try self.append(self.parcels(300..<310, bodyBytes: 1_000), to: &log)
        #expect(self.disk.names.count == 2)
        self.disk.room = 12_000
        try self.append(self.parcels(310..<320, bodyBytes: 1_000), to: &log)
        #expect(log.takeDrops() == [SpoolDrop(.disk, ReadingRange(epoch: 7, first: 0, last: 299))])
        self.disk.room = 10_500
        let fault = #expect(throws: SpoolFault.self) {
            try self.append(self.parcels(320..<330, bodyBytes: 1_000), to: &log)
        }
        #expect(fault?.isFull == true)
        self.disk.room = 1_000_000
        try self.append(self.parcels(320..<330, bodyBytes: 1_000), to: &log)
        #expect(self.ranges(try self.takeAll(&log)) == ["300-319", "320-329"])
    }

    @Test("a write that fails half-way leaves nothing behind and can be made again")
    func failingWrite() throws {
        var log = try self.log()
        try self.append(self.parcels(0..<2), to: &log)
        self.disk.failingWrites = 1
        self.disk.partialBytes = 100
        #expect(throws: SpoolFault.self) { try self.append(self.parcels(2..<5), to: &log) }
        try self.append(self.parcels(2..<5), to: &log)
        #expect(self.ranges(try self.takeAll(&log)) == ["0-4"])
        #expect(log.damageCount == 0 && log.readingCount == 5)
    }

    @Test("a sync that fails is told, and the next append begins a new file")
    func failingSync() throws {
        var log = try self.log()
        try self.append(self.parcels(0..<2), to: &log)
        self.disk.failsSync = true
        #expect(throws: SpoolFault.self) { try log.sync() }
        self.disk.failsSync = false
        try self.append(self.parcels(2..<4), to: &log)
        #expect(self.disk.names == [1, 2])
        #expect(self.ranges(try self.takeAll(&log)) == ["0-1", "2-3"])
    }

    @Test("a damaged record never blocks: what is around it comes, its numbers are told")
    func damage() throws {
        var log = try self.log()
        try self.append(self.parcels(0..<10), to: &log)
        let record = 54
        self.disk.change(1) { $0[SpoolFormat.headerBytes + 4 * record + 20] ^= 1 }
        var again = try self.log(epoch: 8)
        #expect(self.ranges(try self.takeAll(&again)) == ["0-3", "5-9"])
        #expect(again.damageCount == 1)
        #expect(again.takeDrops() == [SpoolDrop(.damage, ReadingRange(epoch: 7, first: 4, last: 4))])
    }

    @Test("a file that cannot be read at all is removed and counted, the others come")
    func damagedFile() throws {
        var log = try self.log()
        try self.append(self.parcels(0..<300, bodyBytes: 1_000), to: &log)
        try self.append(self.parcels(300..<310), to: &log)
        self.disk.change(1) { $0[3] ^= 1 }
        var again = try self.log(epoch: 8)
        #expect(again.damageCount == 1 && self.disk.names == [2])
        #expect(self.ranges(try self.takeAll(&again)) == ["300-309"])
    }

    @Test("readings of this boot are dated by the clock, of another by what the files know of it, or by nobody")
    func dating() throws {
        var first = try self.log()
        try self.append(self.parcels(0..<1), to: &first)
        var undated = try self.log(epoch: 8, boot: BootID(high: 2, low: 2))
        #expect(try self.takeAll(&undated).map(\.dating) == [.unknown])
        try first.note(offset: 1_000, at: Self.start)
        var dated = try self.log(epoch: 8, boot: BootID(high: 2, low: 2))
        #expect(try self.takeAll(&dated).map(\.dating) == [.offset(1_000)])
        var same = try self.log(epoch: 8)
        #expect(try self.takeAll(&same).map(\.dating) == [.clock])
    }

    @Test("readings given up and not reported are remembered over a restart")
    func unreported() throws {
        let ranges = [ReadingRange(epoch: 6, first: 1, last: 4)]
        var log = try self.log()
        try log.append(self.parcels(0..<1), unreported: ranges, at: Self.start, offset: nil)
        #expect(try self.log(epoch: 8).unreported == ranges)
        try log.append(self.parcels(1..<2), unreported: [], at: Self.start, offset: nil)
        #expect(try self.log(epoch: 8).unreported.isEmpty)
    }

    @Test("the newest epoch of a folder is read from its headers")
    func newestEpoch() throws {
        var disk = self.disk
        #expect(try SpoolLog.newestEpoch(in: &disk) == nil)
        for epoch in [UInt32(7), 9] {
            var log = try self.log(epoch: epoch)
            try log.append(self.parcels(0..<1, epoch: epoch), at: Self.start, offset: nil)
        }
        #expect(try SpoolLog.newestEpoch(in: &disk) == 9)
    }
}
