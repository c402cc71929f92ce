extension SpoolLog {
    /// Appends parcels at once; they are safe after the next ``sync()``.
    ///
    /// - Parameters:
    ///   - parcels: Of this run's epoch, in the order in which they are to be sent again.
    ///   - unreported: Readings given up before and not yet reported, when that has changed; stored with the parcels.
    ///   - now: The time.
    ///   - offset: Milliseconds from boot time to wall time, when known.
    /// - Throws: When the disk does not take them; then none of them is in the spool. Older readings may have been given up
    ///   for them all the same.
    package mutating func append(
        _ parcels: [Parcel],
        unreported: [ReadingRange]? = nil,
        at now: BootInstant,
        offset: Int64?
    ) throws(SpoolFault) {
        self.dropAged(at: now, offset: offset)
        if !self.isOpen || self.segments.last.map({ $0.size >= SpoolFormat.segmentSizeBytes }) ?? true {
            try self.openSegment(offset: offset, at: now)
        }
        self.encode(parcels, unreported: unreported)
        defer { self.buffer.removeAll(keepingCapacity: true) }
        try self.makeRoom(for: self.buffer.count)
        let last = self.segments.count - 1
        do throws(SpoolFault) {
            try self.storage.write(self.buffer, at: self.segments[last].size)
        } catch {
            // What is there of them must not be sent besides what will be written again.
            do throws(SpoolFault) { try self.storage.truncate(to: self.segments[last].size) } catch {
                self.isOpen = false
            }
            throw error
        }
        self.segments[last].size += self.buffer.count
        self.writtenBytes += self.buffer.count
        for parcel in parcels {
            for reading in parcel.readings { self.segments[last].note(reading) }
            self.readingCount += parcel.count
            self.unsyncedReadings += parcel.count
        }
        self.mustBegin = false
        if self.unsyncedSince == nil { self.unsyncedSince = now }
    }

    /// Brings what was appended to the disk.
    ///
    /// - Throws: When the disk refuses. What was appended can still be read, but a power cut may take it; the next append
    ///   begins a new file.
    package mutating func sync() throws(SpoolFault) {
        guard self.unsyncedSince != nil, let last = self.segments.last else { return }
        self.unsyncedSince = nil
        self.unsyncedReadings = 0
        do throws(SpoolFault) {
            try self.storage.sync(last.header.segment)
        } catch {
            self.isOpen = false
            throw error
        }
    }

    /// The wall time is known now, or better known: what is in the spool of this boot can be dated by a later one, too.
    package mutating func note(offset: Int64, at now: BootInstant) throws(SpoolFault) {
        guard self.offsets[self.boot] == nil, self.segments.contains(where: { $0.header.boot == self.boot }) else {
            return
        }
        try self.openSegment(offset: offset, at: now)
    }

    private mutating func openSegment(offset: Int64?, at now: BootInstant) throws(SpoolFault) {
        try self.sync()
        self.lastSegment += 1  // also when it fails: a file may be there
        let number = self.lastSegment
        let header = SpoolHeader(segment: number, epoch: self.epoch, boot: self.boot, offset: offset)
        try self.makeRoom(for: SpoolFormat.headerBytes)
        let bytes = header.bytes
        self.isOpen = false
        try self.storage.create(number, bytes)
        self.isOpen = true
        self.writtenBytes += bytes.count
        if let offset { self.offsets[self.boot] = offset }
        if self.segments.isEmpty { self.cursor = Cursor(segment: number) }
        self.segments.append(Segment(header: header, size: bytes.count))
        self.mustBegin = false  // a file's first reading does
        self.unsyncedSince = now
    }

    private mutating func encode(_ parcels: [Parcel], unreported: [ReadingRange]?) {
        if let unreported { SpoolRecord.append(dropped: unreported, to: &self.buffer) }
        var begins = self.mustBegin
        for parcel in parcels {
            precondition(parcel.epoch == self.epoch, "a parcel of another epoch than the spool's files")
            for (index, reading) in parcel.readings.enumerated() {
                let spooled = SpooledReading(
                    number: parcel.first + UInt64(index),
                    reading: reading,
                    begins: begins || (parcel.wasSent && index == 0),
                    wasSent: parcel.wasSent
                )
                begins = false
                SpoolRecord.append(spooled, to: &self.buffer)
            }
        }
    }
}
