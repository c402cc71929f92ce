extension SpoolLog {
    /// Gives up the oldest files until so many bytes fit.
    ///
    /// - Throws: When the disk is full and no file but the open one is left to give up.
    mutating func makeRoom(for bytes: Int) throws(SpoolFault) {
        while self.sizeBytes + bytes > self.settings.sizeMaxBytes, self.canDropOldest {
            try self.dropOldest(.size)
        }
        while try self.storage.freeBytes() - bytes < self.settings.freeDiskMinBytes {
            guard self.canDropOldest else {
                let floor = self.settings.freeDiskMinBytes
                throw SpoolFault("the disk has less than \(floor) bytes free (spool.freeDiskMinBytes)", isFull: true)
            }
            try self.dropOldest(.disk)
        }
    }

    /// Gives up files that hold nothing but what is older than allowed. Where the age is not known nothing is.
    mutating func dropAged(at now: BootInstant, offset: Int64?) {
        while self.canDropOldest, let first = self.segments.first, let newest = first.newest,
            let age = self.ageMilliseconds(of: newest, boot: first.header.boot, at: now, offset: offset),
            age > Int64(self.settings.ageMaxSeconds) * 1_000
        {
            do throws(SpoolFault) {
                try self.dropOldest(.age)
            } catch {
                return  // tried again with the next append
            }
        }
    }

    /// Milliseconds since an instant of this or an earlier boot; `nil` when nobody knows.
    package func ageMilliseconds(
        of instant: BootInstant,
        boot: BootID,
        at now: BootInstant,
        offset: Int64?
    ) -> Int64? {
        if boot == self.boot { return now.milliseconds &- instant.milliseconds }
        guard let offset, let its = self.offsets[boot] else { return nil }
        return (now.milliseconds &+ offset) &- (instant.milliseconds &+ its)
    }

    /// Whether the oldest file is one that may go: not the one that is appended to.
    private var canDropOldest: Bool { self.segments.count > (self.isOpen ? 1 : 0) }

    private mutating func dropOldest(_ cause: DropCause) throws(SpoolFault) {
        let segment = self.segments[0]
        let number = segment.header.segment
        // What was taken is in memory and is still sent.
        let isUntaken = number >= self.cursor.segment
        let start = number == self.cursor.segment ? self.cursor.offset : SpoolFormat.headerBytes
        var ranges: [ReadingRange] = []
        if isUntaken {
            let bytes = try self.storage.read(number, at: 0, count: segment.size)
            var scanner = SegmentScanner(bytes, from: start)
            while let item = scanner.next() {
                guard case .record(.reading(let spooled)) = item else { continue }
                let range = ReadingRange(epoch: segment.header.epoch, first: spooled.number, last: spooled.number)
                if let last = ranges.last, last.isFollowed(by: range) {
                    ranges[ranges.count - 1] = ReadingRange(epoch: last.epoch, first: last.first, last: range.last)
                } else {
                    ranges.append(range)
                }
            }
        }
        try self.storage.remove(number)
        for range in ranges {
            self.drops.append(SpoolDrop(cause, range))
            self.readingCount -= Int(range.count)
        }
        self.segments.removeFirst()
        if self.page?.segment == number { self.page = nil }
        if isUntaken { self.cursor = Cursor(segment: self.segments.first?.header.segment ?? 0) }
    }
}
