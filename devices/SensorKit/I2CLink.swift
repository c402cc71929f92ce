/// One address of a bus, as a chip's driver sees it: bytes in, bytes out, and a pause.
package struct I2CLink {
    package let address: UInt8
    private let bus: any I2CBus
    private let clock: any BusClock

    package init(address: UInt8, bus: any I2CBus, clock: any BusClock) {
        self.address = address
        self.bus = bus
        self.clock = clock
    }

    /// Monotonic time, for what a driver does every few minutes.
    package var now: Duration { self.clock.now }

    package func claim() throws(SensorFault) {
        try self.bus.claim(self.address)
    }

    package func write(_ bytes: UInt8...) throws(SensorFault) {
        try self.bus.write(bytes, to: self.address)
    }

    /// Writes a command which the chip may refuse in its present state: `nack`, or `bus_error` from controllers that tell
    /// a refused byte from a refused address (i2c-gpio).
    ///
    /// - Returns: Whether it was acknowledged.
    @discardableResult
    package func writeIgnoringNack(_ bytes: UInt8...) throws(SensorFault) -> Bool {
        do throws(SensorFault) {
            try self.bus.write(bytes, to: self.address)
            return true
        } catch {
            guard error.reason == .nack || error.reason == .busError else { throw error }
            return false
        }
    }

    package func read(_ count: Int) throws(SensorFault) -> [UInt8] {
        try self.bus.read(count, from: self.address)
    }

    /// Reads a register, or several that follow each other: its number, a repeated start, the bytes.
    package func register(_ number: UInt8, _ count: Int) throws(SensorFault) -> [UInt8] {
        try self.bus.writeRead([number], count, at: self.address)
    }

    /// Reads a big-endian register of 16 bits.
    package func register16(_ number: UInt8) throws(SensorFault) -> UInt16 {
        let bytes = try self.register(number, 2)
        return UInt16(bytes[0]) << 8 | UInt16(bytes[1])
    }

    /// Reads a result. A chip that does not answer here is still converting, which is `not_ready` and not `nack`.
    package func readResult(_ count: Int) throws(SensorFault) -> [UInt8] {
        do throws(SensorFault) {
            return try self.bus.read(count, from: self.address)
        } catch {
            guard error.reason == .nack else { throw error }
            throw SensorFault(.notReady, "the chip did not answer after its longest conversion time")
        }
    }

    package func pause(_ duration: Duration) {
        self.clock.sleep(for: duration)
    }

    /// Finds out which of the candidates is at the address; faults of the bus itself are thrown.
    ///
    /// Some controllers report a refused byte as `bus_error` (i2c-gpio). It counts as a refusal if a chip is found in the
    /// end, and is thrown if none is.
    package func identify(among candidates: [ChipSignature]) throws(SensorFault) -> ChipIdentification.Verdict {
        var identification = ChipIdentification(among: candidates)
        var busError: SensorFault?
        while true {
            switch identification.next {
            case .done(.chip(let name)): return .chip(name)
            case .done(let verdict):
                if let busError { throw busError }
                return verdict
            case .ask(let question): identification.received(try self.ask(question, &busError))
            }
        }
    }

    /// Asks one question of an identification; no acknowledge is an answer, other faults are thrown.
    private func ask(
        _ question: ChipSignature.Question,
        _ busError: inout SensorFault?
    ) throws(SensorFault) -> ChipSignature.Answer {
        var isAcknowledged = false
        do throws(SensorFault) {
            if question.isCombined {
                return .bytes(try self.bus.writeRead(question.command, question.count, at: self.address))
            }
            if !question.command.isEmpty {
                try self.bus.write(question.command, to: self.address)
                isAcknowledged = true
            }
            if question.wait > .zero { self.clock.sleep(for: question.wait) }
            return .bytes(question.count == 0 ? [] : try self.bus.read(question.count, from: self.address))
        } catch {
            if error.reason == .busError, error.retry == .atOnce {
                busError = error
            } else if error.reason != .nack {
                throw error
            }
            return isAcknowledged ? .mute : .refused
        }
    }
}
