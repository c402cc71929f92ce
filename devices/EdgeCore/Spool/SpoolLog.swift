/// The spool: readings that no gateway has, in files, oldest first; appended at one end, sent and removed at the other.
///
/// ```
///   done, removed │ taken, not acknowledged │ not taken yet                      │
///   ══════════════╪═════════════════════════╪══════════════════════════════╪═════╡ append
///                 oldest segment          cursor                       synced   size
/// ```
/// Invariants:
/// - a file is removed when all in it was acknowledged, or as a whole to keep a bound, never changed;
/// - a parcel never goes over the end of a file, nor over the place up to which the cursor has already been: taken again
///   after a restart, it has the same boundaries (``ParcelCutter``);
/// - a process appends to files of its own only.
///
/// Pure but for its ``SpoolStorage``; used by one thread. A fault leaves it as it was before the call, and the call can be
/// made again. Time is boot time.
package struct SpoolLog<Storage: SpoolStorage> {
    struct Segment {
        var header: SpoolHeader
        /// Bytes that count: behind them is nothing, or what is torn.
        var size: Int
        /// Readings in it, whatever became of them.
        var readings = 0
        var oldest: BootInstant?
        var newest: BootInstant?

        mutating func note(_ reading: Reading) {
            self.readings += 1
            if self.oldest == nil { self.oldest = reading.instant }
            self.newest = max(self.newest ?? reading.instant, reading.instant)
        }
    }

    struct Cursor {
        var segment: UInt64
        var offset = SpoolFormat.headerBytes
        var lastNumber: UInt64?
    }

    /// A parcel that was taken and is not acknowledged.
    struct Taken {
        var ticket: UInt64
        var segment: UInt64
        var count: Int
    }

    let settings: SpoolSettings
    let epoch: UInt32
    let boot: BootID
    var storage: Storage
    /// Oldest first.
    var segments: [Segment] = []
    /// The highest number that a segment had.
    var lastSegment: UInt64 = 0
    /// Whether the last segment is appended to.
    var isOpen = false

    // What was appended and not synced
    var unsyncedReadings = 0
    var unsyncedSince: BootInstant?

    // Taking
    /// The segment that is taken from, where, and the number taken last from it; lower segments are taken whole.
    var cursor = Cursor(segment: 0)
    var taken: [Taken] = []
    var nextTicket: UInt64 = 0
    /// The bytes of the cursor's segment, while it is taken from.
    var page: (segment: UInt64, bytes: [UInt8])?
    /// The next reading appended begins a parcel: what is before it was taken as it is.
    var mustBegin = false
    /// Wall time minus boot time, milliseconds, of the boots in the spool, where known.
    var offsets: [BootID: Int64] = [:]

    /// Kept for its memory.
    var buffer: [UInt8] = []

    /// What was given up since ``takeDrops()``.
    var drops: [SpoolDrop] = []
    /// Readings given up that an earlier run had not yet reported.
    package private(set) var unreported: [ReadingRange] = []
    /// Readings in it that no gateway acknowledged.
    package internal(set) var readingCount = 0
    /// Bytes written to the disk's files since the start.
    package internal(set) var writtenBytes = 0
    /// Files that could not be read and were removed, and places in files that were damaged.
    package internal(set) var damageCount = 0

    /// Opens a spool: reads what earlier runs left.
    ///
    /// - Parameters:
    ///   - storage: Its folder.
    ///   - settings: Its bounds.
    ///   - epoch: Of what this run appends: above all in the folder.
    ///   - boot: The boot that this is.
    /// - Throws: When the folder cannot be read.
    package init(_ storage: Storage, settings: SpoolSettings, epoch: UInt32, boot: BootID) throws(SpoolFault) {
        self.storage = storage
        self.settings = settings
        self.epoch = epoch
        self.boot = boot
        for number in try self.storage.segments() { try self.recover(number) }
        // What a killed run had written and not synced is from now on as safe as anything.
        if let last = self.segments.last { try self.storage.sync(last.header.segment) }
        self.cursor = Cursor(segment: self.segments.first?.header.segment ?? 0)
    }

    /// The highest epoch in a folder; `nil` when it is empty. Reads headers only.
    package static func newestEpoch(in storage: inout Storage) throws(SpoolFault) -> UInt32? {
        var newest: UInt32?
        for number in try storage.segments() {
            let bytes = try storage.read(number, at: 0, count: SpoolFormat.headerBytes)
            if let header = SpoolHeader(bytes) { newest = max(newest ?? 0, header.epoch) }
        }
        return newest
    }

    /// All files, bytes.
    package var sizeBytes: Int { self.segments.reduce(0) { $0 + $1.size } }

    /// Whether there is something that was not taken yet.
    package var hasUntaken: Bool {
        guard let last = self.segments.last else { return false }
        return self.cursor.segment < last.header.segment || self.cursor.offset < last.size
    }

    /// When its oldest reading was measured, and in which boot; `nil` when it is empty.
    package var oldest: (boot: BootID, instant: BootInstant)? {
        self.segments.lazy.compactMap { segment in segment.oldest.map { (segment.header.boot, $0) } }.first
    }

    /// When what was appended has to be synced; `nil` when it is.
    package var syncDue: BootInstant? {
        self.unsyncedSince.map { since in
            self.unsyncedReadings >= self.settings.windowReadings
                ? since : BootInstant(milliseconds: since.milliseconds + Int64(self.settings.windowSeconds) * 1_000)
        }
    }

    /// What was given up since the last call.
    package mutating func takeDrops() -> [SpoolDrop] {
        defer { self.drops = [] }
        return self.drops
    }

    private mutating func recover(_ number: UInt64) throws(SpoolFault) {
        self.lastSegment = max(self.lastSegment, number)
        let bytes = try self.storage.read(number, at: 0, count: .max)
        guard let header = SpoolHeader(bytes), header.segment == number else {
            // Nothing in it can be numbered. It must not be in the way for ever.
            self.damageCount += 1
            try self.storage.remove(number)
            return
        }
        var segment = Segment(header: header, size: bytes.count)
        var scanner = SegmentScanner(bytes, from: SpoolFormat.headerBytes)
        while let item = scanner.next() {
            switch item {
            case .record(.reading(let spooled)): segment.note(spooled.reading)
            case .record(.dropped(let ranges)): self.unreported = ranges
            case .damage: break  // counted when it is taken
            }
        }
        segment.size -= scanner.tornBytes
        if let offset = header.offset { self.offsets[header.boot] = offset }
        self.readingCount += segment.readings
        self.segments.append(segment)
    }
}
