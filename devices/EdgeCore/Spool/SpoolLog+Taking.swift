extension SpoolLog {
    /// Takes the oldest parcel that was not taken yet, to send it; ``acknowledged(_:)`` with its ticket follows.
    ///
    /// - Returns: `nil` when there is none.
    /// - Throws: When the disk cannot be read.
    package mutating func takeParcel() throws(SpoolFault) -> Parcel? {
        while let index = self.segments.firstIndex(where: { $0.header.segment >= self.cursor.segment }) {
            let number = self.segments[index].header.segment
            if number > self.cursor.segment { self.cursor = Cursor(segment: number) }
            if self.cursor.offset < self.segments[index].size, let parcel = try self.takeParcel(from: index) {
                return parcel
            }
            self.page = nil
            guard index + 1 < self.segments.count else { return nil }
            self.cursor = Cursor(segment: self.segments[index + 1].header.segment)
        }
        return nil
    }

    /// A gateway has the parcel. Removes the files that have nothing more to give.
    ///
    /// - Throws: When a file cannot be removed; it is tried again with the next call.
    package mutating func acknowledged(_ ticket: UInt64) throws(SpoolFault) {
        if let index = self.taken.firstIndex(where: { $0.ticket == ticket }) {
            self.readingCount -= self.taken.remove(at: index).count
        }
        try self.removeDone()
    }

    private mutating func takeParcel(from index: Int) throws(SpoolFault) -> Parcel? {
        let segment = self.segments[index]
        let number = segment.header.segment
        // The open file may have grown since it was read.
        if self.page?.segment != number || self.page.map({ $0.bytes.count < segment.size }) ?? true {
            self.page = (number, try self.storage.read(number, at: 0, count: segment.size))
        }
        var scanner = SegmentScanner(self.page?.bytes ?? [], from: self.cursor.offset)
        var cutter = ParcelCutter()
        var isDamaged = false
        while let item = scanner.next() {
            switch item {
            case .damage:
                if !cutter.isEmpty { return self.taken(cutter.take(epoch: segment.header.epoch), segment) }
                self.damageCount += 1
                isDamaged = true
            case .record(.dropped): break
            case .record(.reading(let spooled)):
                guard cutter.joins(spooled) else {
                    return self.taken(cutter.take(epoch: segment.header.epoch), segment)
                }
                if isDamaged, let last = self.cursor.lastNumber {
                    self.dropDamaged(from: last + 1, to: spooled.number, in: segment)
                }
                isDamaged = false
                cutter.add(spooled)
                self.cursor.lastNumber = spooled.number
            }
            self.cursor.offset = scanner.offset
        }
        self.cursor.offset = segment.size
        if self.isOpen, index == self.segments.count - 1 { self.mustBegin = true }
        return self.taken(cutter.take(epoch: segment.header.epoch), segment)
    }

    private mutating func taken(_ parcel: Parcel?, _ segment: Segment) -> Parcel? {
        guard var parcel else { return nil }
        let boot = segment.header.boot
        parcel.ticket = self.nextTicket
        parcel.dating = boot == self.boot ? .clock : self.offsets[boot].map { .offset($0) } ?? .unknown
        self.taken.append(Taken(ticket: self.nextTicket, segment: segment.header.segment, count: parcel.count))
        self.nextTicket += 1
        return parcel
    }

    /// Records between two good ones are damaged: their numbers are those between, if they are that many at most.
    private mutating func dropDamaged(from first: UInt64, to next: UInt64, in segment: Segment) {
        let mostPerSegment = UInt64(SpoolFormat.segmentSizeBytes / SpoolFormat.recordHeadBytes)
        guard first < next, next - first <= mostPerSegment else { return }
        let range = ReadingRange(epoch: segment.header.epoch, first: first, last: next - 1)
        self.drops.append(SpoolDrop(.damage, range))
    }

    private mutating func removeDone() throws(SpoolFault) {
        while let first = self.segments.first {
            let number = first.header.segment
            let isTaken =
                number < self.cursor.segment || (number == self.cursor.segment && self.cursor.offset >= first.size)
            guard isTaken, !self.taken.contains(where: { $0.segment == number }) else { return }
            try self.storage.remove(number)
            self.segments.removeFirst()
            if self.page?.segment == number { self.page = nil }
            if self.segments.isEmpty {
                // Nothing is left that could be lost.
                self.isOpen = false
                self.unsyncedSince = nil
                self.unsyncedReadings = 0
                self.readingCount = 0
                self.cursor = Cursor(segment: number)
            }
        }
    }
}
