extension Delivery {
    /// What the spool's thread is to do.
    package struct SpoolWork: Equatable, Sendable {
        /// To be appended; ``spooled(_:)`` or ``spoolRefused()`` follows.
        package var parcels: [Parcel] = []
        /// Readings given up and not reported, when that has changed; stored with the parcels.
        package var unreported: [ReadingRange]?
        /// Acknowledged.
        package var settled: [UInt64] = []
        /// Parcels to be handed out.
        package var wanted = 0

        package init() {}
    }

    /// Whether readings in memory go to the spool now.
    package func isSpilling(at now: BootInstant) -> Bool {
        guard self.spool != nil, self.writing.isEmpty, !self.ring.isEmpty else { return false }
        if self.ring.isHalfFull { return true }
        switch self.link {
        case .pending(let until): return now >= until
        case .online:
            return self.window.inFlightCount > 0
                && now.milliseconds - self.progressAt.milliseconds >= self.settings.stallMilliseconds
        case .offline: return true
        }
    }

    /// Takes what there is to do for the spool's thread.
    ///
    /// - Parameters:
    ///   - now: The time.
    ///   - isEnd: Whether the uplink has ended, so that all readings in memory go to the spool.
    /// - Returns: What was taken; nobody else has it.
    package mutating func takeSpoolWork(at now: BootInstant, isEnd: Bool) -> SpoolWork {
        var work = SpoolWork()
        work.settled = self.settled
        self.settled = []
        if self.isSpilling(at: now) || (isEnd && self.writing.isEmpty) {
            var count = 0
            while count < Self.spoolBatchMax, let parcel = self.ring.popFirst(readingsMax: Parcel.readingsMax) {
                count += parcel.count
                self.writing.append(parcel)
            }
            work.parcels = self.writing
            if !work.parcels.isEmpty, self.drops.version != self.storedDropVersion {
                self.storedDropVersion = self.drops.version
                work.unreported = self.drops.ranges
            }
        }
        if case .online = self.link, !self.isFinished, self.ready.count < self.settings.windowMessages {
            work.wanted = 2 * self.settings.windowMessages - self.ready.count
        }
        return work
    }

    /// What was to be appended is in the spool.
    package mutating func spooled() {
        self.writing = []
    }

    /// The spool did not take it: it stays in memory, where the oldest go when there is no room.
    package mutating func spoolRefused() {
        self.ring.putBack(self.writing)
        self.writing = []
        self.storedDropVersion = -1
        self.noteGaps()
    }

    /// Parcels out of the spool, each with its ticket, in the order taken.
    package mutating func offer(_ parcels: [Parcel]) {
        self.ready += parcels
    }

    /// The spool gave readings up.
    package mutating func note(_ drops: [SpoolDrop]) {
        for drop in drops { self.giveUp(drop.range, drop.cause) }
    }

    /// An earlier run gave readings up and did not report them.
    package mutating func noteUnreported(_ ranges: [ReadingRange]) {
        for range in ranges { self.drops.add(range) }
    }

    /// How the spool is now.
    package mutating func update(_ report: SpoolReport) {
        guard self.spool != nil else { return }
        self.spool = report
    }
}
