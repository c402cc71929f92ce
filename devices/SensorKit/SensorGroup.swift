/// The sensors of one bus, measured together: all conversions are started first and then collected in the order in
/// which they end, so that eight sensors of 15 ms take about 20 ms and not 130.
///
/// Owned by the bus's worker thread. Nothing here waits longer than the sensors' own conversion times and the bus's
/// time limit, three attempts at most.
package struct SensorGroup {
    /// What one sensor gave in one cycle.
    package struct Outcome: Equatable, Sendable {
        /// Index of the sensor in the group.
        package var sensor: Int
        /// Empty when the sensor gave nothing.
        package var readings: [ChannelReading]
        /// Why it gave nothing, or why one of its channels is bad.
        package var fault: SensorFault?
        /// What to log.
        package var change: SensorHealth.Change
        /// Whether wrong checksums have become more than noise, or noise again.
        package var checksums = ChecksumRate.Change.none

        package init(sensor: Int, readings: [ChannelReading], fault: SensorFault?, change: SensorHealth.Change) {
            self.sensor = sensor
            self.readings = readings
            self.fault = fault
            self.change = change
        }
    }

    private struct Slot {
        var driver: any SensorDriver
        var health = SensorHealth()
        var checksums = ChecksumRate()
    }

    /// One sensor on its way through a cycle.
    private struct Attempt {
        var sensor: Int
        var attemptsLeft: Int
        var prepares: Bool
        var readings: [ChannelReading] = []
        var fault: SensorFault?
        var collectAt: Duration?
        var checksums = ChecksumRate.Change.none

        var isSettled: Bool { self.fault == nil || self.attemptsLeft == 0 }
    }

    private var slots: [Slot]
    private var lock = BusLock()
    private let clock: any BusClock
    /// The bus's own change in the last cycle, for the log.
    package private(set) var busChange = BusLock.Change.none

    package init(_ drivers: [any SensorDriver], clock: any BusClock) {
        self.slots = drivers.map { Slot(driver: $0) }
        self.clock = clock
    }

    /// Measures the given sensors once, with retries.
    ///
    /// - Parameter due: indices of the sensors whose interval has come.
    /// - Returns: an outcome for every sensor that was asked and had something to say; sensors that are only probed
    ///   rarely, and sensors that measure by themselves and have nothing new, are left out.
    package mutating func sample(_ due: [Int]) -> [Outcome] {
        self.busChange = .none
        let isProbe = self.lock.isLocked
        var attempts = self.plan(due)
        while attempts.contains(where: { !$0.isSettled }) {
            self.startAll(&attempts, isProbe: isProbe)
            self.collectAll(&attempts)
            let pauses = attempts.filter { !$0.isSettled }.map { self.slots[$0.sensor].driver.repetition.pause }
            if let pause = pauses.max() { self.clock.sleep(for: pause) }
        }
        return attempts.compactMap { self.settle($0) }
    }

    /// Treats a sensor as one never seen: with the next sample it is identified and initialised.
    package mutating func forget(_ sensor: Int) {
        self.slots[sensor].health.forget()
    }

    /// Lets an unavailable sensor be asked with the next sample, instead of when its probe is due.
    package mutating func probeSoon(_ sensor: Int) {
        self.slots[sensor].health.probeSoon()
    }

    private static let notTried = SensorFault(.notReady)

    private func plan(_ due: [Int]) -> [Attempt] {
        let now = self.clock.now
        var attempts: [Attempt] = []
        for sensor in due {
            guard attempts.count < self.lock.allowance(at: now) else { break }
            let attemptsMax = self.slots[sensor].driver.repetition.attemptsMax
            let (attemptsLeft, prepares): (Int, Bool)
            switch self.slots[sensor].health.plan(at: now) {
            case .skip: continue
            case .prepare(let count): (attemptsLeft, prepares) = (min(count, attemptsMax), true)
            case .measure(let count): (attemptsLeft, prepares) = (min(count, attemptsMax), false)
            }
            attempts.append(
                Attempt(sensor: sensor, attemptsLeft: attemptsLeft, prepares: prepares, fault: Self.notTried)
            )
        }
        return attempts
    }

    private mutating func startAll(_ attempts: inout [Attempt], isProbe: Bool) {
        for index in attempts.indices where !attempts[index].isSettled {
            if self.lock.isLocked, !isProbe {
                attempts[index].attemptsLeft = 0
                attempts[index].fault = SensorFault(.timeout, "the bus is held low by another chip")
                continue
            }
            let sensor = attempts[index].sensor
            attempts[index].attemptsLeft -= 1
            do throws(SensorFault) {
                if attempts[index].prepares {
                    try self.slots[sensor].driver.prepare()
                    self.slots[sensor].health.prepared()
                    attempts[index].prepares = false
                }
                let conversion = try self.slots[sensor].driver.start()
                attempts[index].collectAt = self.clock.now + conversion
            } catch {
                self.record(error, in: &attempts[index])
            }
        }
    }

    private mutating func collectAll(_ attempts: inout [Attempt]) {
        let order = attempts.indices.compactMap { index in attempts[index].collectAt.map { (index, $0) } }
        for (index, collectAt) in order.sorted(by: { $0.1 < $1.1 }) {
            attempts[index].collectAt = nil
            self.clock.sleep(until: collectAt)
            do throws(SensorFault) {
                let readings = try self.slots[attempts[index].sensor].driver.collect()
                self.note(self.lock.answered())
                self.count(isWrong: false, in: &attempts[index])
                attempts[index].readings = readings
                attempts[index].fault = Self.firstFault(in: readings)
            } catch {
                self.record(error, in: &attempts[index])
            }
        }
    }

    private mutating func record(_ fault: SensorFault, in attempt: inout Attempt) {
        attempt.readings = []
        attempt.fault = fault
        if fault.reason == .crc { self.count(isWrong: true, in: &attempt) }
        if fault.retry != .atOnce { attempt.attemptsLeft = 0 }
        let isBusTimeout = fault.reason == .timeout && self.slots[attempt.sensor].driver.timeoutsLockBus
        self.note(isBusTimeout ? self.lock.timedOut(at: self.clock.now) : self.lock.answered())
        // A locked bus is left alone at once: each further try would cost its whole time limit.
        if self.lock.isLocked { attempt.attemptsLeft = 0 }
    }

    private mutating func count(isWrong: Bool, in attempt: inout Attempt) {
        let change = self.slots[attempt.sensor].checksums.attempted(isWrong: isWrong)
        if change != .none { attempt.checksums = change }
    }

    private mutating func note(_ change: BusLock.Change) {
        if change != .none { self.busChange = change }
    }

    private mutating func settle(_ attempt: Attempt) -> Outcome? {
        if attempt.readings.isEmpty, attempt.fault == nil {
            self.slots[attempt.sensor].health.waiting()
            return nil
        }
        let change: SensorHealth.Change
        if attempt.readings.contains(where: { $0.value != nil }) {
            change = self.slots[attempt.sensor].health.succeeded()
        } else {
            change = self.slots[attempt.sensor].health.failed(attempt.fault ?? Self.notTried, at: self.clock.now)
        }
        var outcome = Outcome(
            sensor: attempt.sensor,
            readings: attempt.readings,
            fault: attempt.fault,
            change: change
        )
        outcome.checksums = attempt.checksums
        return outcome
    }

    private static func firstFault(in readings: [ChannelReading]) -> SensorFault? {
        for reading in readings {
            if case .bad(let reason) = reading.outcome {
                return SensorFault(reason, "\(reading.quantity.rawValue) has no usable value")
            }
        }
        return nil
    }
}
