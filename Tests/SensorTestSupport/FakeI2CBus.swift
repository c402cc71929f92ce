package import SensorKit

/// A bus in memory. Each transfer takes a little time; faults can be injected before any of them.
package final class FakeI2CBus: I2CBus {
    /// Time on the wire of one transfer.
    private static let transferTime: Duration = .microseconds(300)
    /// What a time-out costs.
    private static let timeout: Duration = .milliseconds(200)

    package var chips: [UInt8: any FakeChip] = [:]
    package var claimed: Set<UInt8> = []
    /// Faults of the next transfers, the first for the first.
    package var injected: [SensorFault.Reason?] = []
    /// All transfers end like this while it is set.
    package var broken: SensorFault.Reason?
    /// How the controller reports that a chip took its address and refused what followed: `nack`, or `busError` as
    /// i2c-gpio does.
    package var refusal = SensorFault.Reason.nack
    package private(set) var transfers: [String] = []
    private let clock: any BusClock

    package init(clock: any BusClock) {
        self.clock = clock
    }

    package func claim(_ address: UInt8) throws(SensorFault) {
        if let broken = self.broken, broken == .adapterGone || broken == .permission { throw SensorFault(broken) }
        if self.claimed.contains(address) { throw SensorFault(.claimed) }
    }

    package func write(_ bytes: [UInt8], to address: UInt8) throws(SensorFault) {
        self.transfers.append("W " + bytes.map { Self.hex($0) }.joined(separator: " "))
        try self.begin()
        guard let chip = self.chips[address] else { throw SensorFault(.nack) }
        do throws(SensorFault) {
            try chip.write(bytes, at: self.clock.now)
        } catch {
            guard error.reason == .nack, !bytes.isEmpty else { throw error }
            try chip.write([], at: self.clock.now)  // the address alone
            throw SensorFault(self.refusal)
        }
    }

    package func read(_ count: Int, from address: UInt8) throws(SensorFault) -> [UInt8] {
        self.transfers.append("R \(count)")
        try self.begin()
        guard let chip = self.chips[address] else { throw SensorFault(.nack) }
        return try chip.read(count, at: self.clock.now)
    }

    package func writeRead(_ bytes: [UInt8], _ count: Int, at address: UInt8) throws(SensorFault) -> [UInt8] {
        try self.write(bytes, to: address)
        return try self.read(count, from: address)
    }

    package func forgetTransfers() {
        self.transfers = []
    }

    private func begin() throws(SensorFault) {
        let fault = self.injected.isEmpty ? self.broken : self.injected.removeFirst() ?? self.broken
        self.clock.sleep(for: fault == .timeout ? Self.timeout : Self.transferTime)
        if let fault { throw SensorFault(fault) }
    }

    private static func hex(_ byte: UInt8) -> String {
        let text = String(byte, radix: 16, uppercase: true)
        return text.count == 1 ? "0\(text)" : text
    }
}
