package import EdgeCore
import Synchronization

/// Where the workers leave readings and the uplink takes them: the ring behind a lock, and the run's counters.
///
/// Bounded by the ring: a worker never waits, the oldest reading makes room.
package final class Outbox: Sendable {
    private struct Contents {
        var ring: ReadingRing
        var summary = AgentSummary()
        var isDropping = false
        var isFinished = false
    }

    /// Signalled when there is something to send, or nothing more to come.
    package let wake = WakeEvent()
    private let contents: Mutex<Contents>

    /// - Parameters:
    ///   - epoch: Of all readings of this run: never used before by this device.
    ///   - sizeMaxBytes: What readings may take in memory.
    package init(epoch: UInt32, sizeMaxBytes: Int) {
        self.contents = Mutex(Contents(ring: ReadingRing(epoch: epoch, sizeMaxBytes: sizeMaxBytes)))
    }

    /// Adds a reading.
    ///
    /// - Returns: Whether this is the first for which an older one had to go, to be logged once.
    package func append(_ reading: Reading) -> Bool {
        let startedDropping = self.contents.withLock { contents in
            let before = contents.ring.droppedCount
            contents.ring.append(reading)
            let dropped = contents.ring.droppedCount - before
            contents.summary.dropped += dropped
            guard dropped > 0, !contents.isDropping else { return false }
            contents.isDropping = true
            return true
        }
        self.wake.signal()
        return startedDropping
    }

    /// Counts samples that failed.
    package func countReadErrors(_ count: Int) {
        self.contents.withLock { $0.summary.readErrors += count }
    }

    /// No more readings will come.
    package func finish() {
        self.contents.withLock { $0.isFinished = true }
        self.wake.signal()
    }

    package var isFinished: Bool { self.contents.withLock { $0.isFinished } }

    package var waitingCount: Int { self.contents.withLock { $0.ring.count } }

    /// The run so far; readings that wait are not in it.
    package var summary: AgentSummary { self.contents.withLock { $0.summary } }

    func takeFirst() -> Parcel? {
        self.contents.withLock { $0.ring.popFirst() }
    }

    /// Puts readings back that have to be sent again, in order of their numbers.
    func putBack(_ parcels: [Parcel]) {
        self.contents.withLock { contents in
            let before = contents.ring.droppedCount
            contents.ring.putBack(parcels)
            contents.summary.dropped += contents.ring.droppedCount - before
        }
    }

    func countSent(_ parcel: Parcel) {
        guard !parcel.wasSent else { return }
        self.contents.withLock { $0.summary.sent += parcel.count }
    }

    func countAcknowledged(_ parcel: Parcel) {
        self.contents.withLock { $0.summary.acknowledged += parcel.count }
    }

    /// What was dropped for room since the last call; sending goes on, so the next drop is news again.
    func takeGap() -> ReadingRing.Gap? {
        self.contents.withLock { contents in
            contents.isDropping = false
            return contents.ring.takeGap()
        }
    }

    /// Counts what never got out as dropped; the run is over.
    func abandonWaiting() -> Int {
        self.contents.withLock { contents in
            var count = 0
            while let parcel = contents.ring.popFirst() {
                if !parcel.wasSent { contents.summary.dropped += parcel.count }
                count += parcel.count
            }
            return count
        }
    }
}
