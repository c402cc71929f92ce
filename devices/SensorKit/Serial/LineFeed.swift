/// A port on which sensors talk by themselves, line by line, and the newest measurement of each.
///
/// Everything that comes is read, also between samples: what waits in the kernel would be taken for new later. Used by
/// one thread only, the port's worker.
package final class LineFeed {
    /// What a call of ``service()`` found.
    package struct News: Equatable, Sendable {
        /// Sensors for which a line has come.
        package var arrived: [Int] = []
        /// The port has gone, or cannot be opened, since the last call.
        package var isLost = false

        package init(arrived: [Int] = [], isLost: Bool = false) {
            self.arrived = arrived
            self.isLost = isLost
        }
    }

    private struct Slot {
        var format: LineFormat
        var latest: [ChannelReading]?
        /// When its last line came, or when the port was opened.
        var heardAt: Duration = .zero
    }

    /// The wait before the port is opened again, when it could not be: it is looked for, nothing is sent.
    private enum Reopening {
        case now
        case at(Duration, failures: Int, SensorFault)
    }

    private let port: any SerialPort
    /// Sent whenever the port has been opened, such as the command that makes a transmitter talk; empty: nothing.
    private let greeting: [UInt8]
    private let clock: any BusClock
    private var assembler = LineAssembler(startsWithin: true)
    private var slots: [Slot] = []
    private var reopening = Reopening.now
    private var received: [UInt8] = []
    private var strangeLines = 0

    package init(port: any SerialPort, greeting: [UInt8] = [], clock: any BusClock) {
        self.port = port
        self.greeting = greeting
        self.clock = clock
    }

    /// Adds a sensor; returns its number.
    package func add(_ format: LineFormat) -> Int {
        self.slots.append(Slot(format: format))
        return self.slots.count - 1
    }

    /// When ``service()`` is to be called although nothing has come; `nil` while the port is open.
    package var serviceAt: Duration? {
        guard !self.port.isOpen else { return nil }
        switch self.reopening {
        case .now: return .zero
        case .at(let instant, _, _): return instant
        }
    }

    /// Opens the port when it is time, and reads what has come without waiting.
    package func service() -> News {
        let wasLost = self.isLost
        do throws(SensorFault) {
            if let serviceAt = self.serviceAt, serviceAt > self.clock.now { return News() }
            try self.open()
            try self.pump()
        } catch {
            return News(isLost: !wasLost)
        }
        return News(arrived: self.slots.indices.filter { self.slots[$0].latest != nil })
    }

    /// Makes sure that the port is open; between its attempts throws what the last one did.
    package func open() throws(SensorFault) {
        guard !self.port.isOpen else { return }
        if case .at(let instant, _, let fault) = self.reopening, self.clock.now < instant { throw fault }
        do throws(SensorFault) {
            try self.port.open()
            if !self.greeting.isEmpty { try self.port.write(self.greeting) }
        } catch {
            self.lose(error)
            throw error
        }
        self.assembler = LineAssembler(startsWithin: true)
        self.reopening = .now
        for slot in self.slots.indices { self.slots[slot].heardAt = self.clock.now }
    }

    /// Takes a sensor's newest measurement; empty when there is none yet, and a fault when that lasts for `silenceMax`.
    package func take(_ slot: Int, silenceMax: Duration) throws(SensorFault) -> [ChannelReading] {
        try self.open()
        if self.slots[slot].latest == nil { try self.pump() }
        guard let latest = self.slots[slot].latest else {
            guard self.clock.now - self.slots[slot].heardAt >= silenceMax else { return [] }
            let seen = self.strangeLines
            self.strangeLines = 0
            let advice =
                seen > 0
                ? "lines come without any of its values; check the format, the names and the rate"
                : "no line comes; check wiring, power and the rate"
            throw SensorFault(.noReply, advice, retry: .nextSample)
        }
        self.slots[slot].latest = nil
        return latest
    }

    /// Forgets measurements that nobody takes, so that they are not taken for new ones later.
    package func discard(_ slots: some Sequence<Int>) {
        for slot in slots { self.slots[slot].latest = nil }
    }

    private var isLost: Bool {
        if case .at = self.reopening { true } else { false }
    }

    private func lose(_ fault: SensorFault) {
        self.port.close()
        var failures = 0
        if case .at(_, let before, _) = self.reopening { failures = before }
        let wait = SensorHealth.probeInterval(after: fault, probes: failures)
        self.reopening = .at(self.clock.now + wait, failures: failures + 1, fault)
        self.discard(self.slots.indices)
    }

    /// Reads what has come, without waiting.
    private func pump() throws(SensorFault) {
        self.received.removeAll(keepingCapacity: true)
        do throws(SensorFault) {
            guard try self.port.read(into: &self.received, until: .zero) > 0 else { return }
        } catch {
            self.lose(error)
            throw error
        }
        let now = self.clock.now
        self.assembler.append(self.received) { line in
            var isKnown = false
            for slot in self.slots.indices {
                guard let readings = self.slots[slot].format.readings(in: line) else { continue }
                self.slots[slot].latest = readings
                self.slots[slot].heardAt = now
                isKnown = true
            }
            if !isKnown { self.strangeLines += 1 }
        }
    }
}
