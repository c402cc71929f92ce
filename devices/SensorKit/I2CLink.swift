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

    /// Writes a command which the chip may refuse in its present state.
    package func writeIgnoringNack(_ bytes: UInt8...) throws(SensorFault) {
        do throws(SensorFault) {
            try self.bus.write(bytes, to: self.address)
        } catch {
            guard error.reason == .nack else { throw error }
        }
    }

    package func read(_ count: Int) throws(SensorFault) -> [UInt8] {
        try self.bus.read(count, from: self.address)
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
}
