package import EdgeCore
import Synchronization

/// Where workers leave readings, and uplink and spool take them: ``Delivery`` behind a lock, and who is woken for what.
///
/// A worker never waits: not for a disk, not for a network.
package final class Outbox: Sendable {
    /// Signalled when the uplink has something to do.
    package let wake = WakeEvent()
    /// Signalled when the spool's thread has something to do.
    package let spoolWake = WakeEvent()
    private let delivery: Mutex<Delivery>
    private let clock: SystemClock

    /// - Parameters:
    ///   - epoch: Of all readings of this run: never used before by this device.
    ///   - settings: Bounds.
    ///   - hasSpool: Whether there is a spool, served by a ``SpoolWorker``.
    ///   - clock: The time.
    package init(epoch: UInt32, settings: Delivery.Settings, hasSpool: Bool, clock: SystemClock) {
        self.clock = clock
        self.delivery = Mutex(Delivery(epoch: epoch, settings: settings, hasSpool: hasSpool, at: clock.instant))
    }

    /// Adds a reading.
    ///
    /// - Returns: Whether it is the first for which older ones had to go, to be logged once.
    package func append(_ reading: Reading) -> Bool {
        let now = self.clock.instant
        let (isFirstLoss, isSpilling, isOnline) = self.delivery.withLock { delivery in
            (delivery.append(reading), delivery.isSpilling(at: now), delivery.isOnline)
        }
        if isOnline { self.wake.signal() }
        if isSpilling { self.spoolWake.signal() }
        return isFirstLoss
    }

    /// Counts samples that failed.
    package func countReadErrors(_ count: Int) {
        guard count > 0 else { return }
        self.delivery.withLock { $0.countReadErrors(count) }
    }

    /// No more readings will come.
    package func finish() {
        self.delivery.withLock { $0.finish() }
        self.wake.signal()
        self.spoolWake.signal()
    }

    package var isFinished: Bool { self.delivery.withLock { $0.isFinished } }

    /// The run so far; readings that wait are not in it.
    package var summary: AgentSummary { self.delivery.withLock { $0.summary } }

    package var status: DeliveryStatus { self.delivery.withLock { $0.status } }

    // MARK: The uplink's

    /// Readings that it should bring home, and messages in flight.
    var backlog: Uplink.Backlog {
        self.delivery.withLock { Uplink.Backlog(waiting: $0.waitingCount, inFlight: $0.status.inFlightMessages) }
    }

    /// - Returns: What was given up for want of memory since the last connection.
    func connected() -> Delivery.Loss? {
        let now = self.clock.instant
        let loss = self.delivery.withLock { delivery in
            delivery.connected(at: now)
            return delivery.takeLoss()
        }
        self.spoolWake.signal()
        return loss
    }

    /// - Returns: Readings that will be sent again.
    @discardableResult
    func disconnected(isRenewal: Bool = false) -> Int {
        let now = self.clock.instant
        let (count, isSpilling) = self.delivery.withLock { delivery in
            (delivery.disconnected(at: now, isRenewal: isRenewal), delivery.isSpilling(at: now))
        }
        if isSpilling { self.spoolWake.signal() }
        return count
    }

    /// Whether the gateway has acknowledged nothing for too long.
    var isSilent: Bool {
        let now = self.clock.instant
        return self.delivery.withLock { $0.isSilent(at: now) }
    }

    func next(isDated: Bool) -> Delivery.Next {
        let now = self.clock.instant
        return self.delivery.withLock { $0.next(at: now, isDated: isDated) }
    }

    func published(as messageID: Int32) -> Bool {
        let now = self.clock.instant
        return self.delivery.withLock { $0.published(as: messageID, at: now) }
    }

    func acknowledged(_ messageID: Int32) {
        let now = self.clock.instant
        if self.delivery.withLock({ $0.acknowledged(messageID, at: now) }) { self.spoolWake.signal() }
    }

    // MARK: The spool's

    func takeSpoolWork(isEnd: Bool) -> Delivery.SpoolWork {
        let now = self.clock.instant
        return self.delivery.withLock { $0.takeSpoolWork(at: now, isEnd: isEnd) }
    }

    /// Tells the delivery what the spool did, and the uplink if there is something new for it.
    func update(_ change: (inout Delivery) -> Void) {
        if self.delivery.withLock({ delivery in
            change(&delivery)
            return delivery.isOnline
        }) {
            self.wake.signal()
        }
    }

    // MARK: The end

    /// The uplink has ended, or was given up: what it had in flight goes to the spool, or is lost.
    ///
    /// - Returns: Readings lost, those too that may have come.
    package func endUplink(hasSpool: Bool) -> Int {
        let now = self.clock.instant
        return self.delivery.withLock { delivery in
            delivery.disconnected(at: now)
            return hasSpool ? 0 : delivery.abandon()
        }
    }

    func note(spooled count: Int) {
        self.delivery.withLock { $0.note(spooled: count) }
    }
}
