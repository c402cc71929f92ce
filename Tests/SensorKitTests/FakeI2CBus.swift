import SensorKit

/// A chip on the fake bus. Throws `nack` for what it would not acknowledge.
protocol FakeChip: AnyObject {
    func write(_ bytes: [UInt8], at now: Duration) throws(SensorFault)
    func read(_ count: Int, at now: Duration) throws(SensorFault) -> [UInt8]
}

/// A bus in memory. Each transfer takes a little time; faults can be injected before any of them.
final class FakeI2CBus: I2CBus {
    /// Time on the wire of one transfer.
    static let transferTime: Duration = .microseconds(300)
    /// What a time-out costs.
    static let timeout: Duration = .milliseconds(200)

    var chips: [UInt8: any FakeChip] = [:]
    var claimed: Set<UInt8> = []
    /// Faults of the next transfers, the first for the first.
    var injected: [SensorFault.Reason?] = []
    /// All transfers end like this while it is set.
    var broken: SensorFault.Reason?
    private(set) var transfers: [String] = []
    private let clock: ManualClock

    init(clock: ManualClock) {
        self.clock = clock
    }

    func claim(_ address: UInt8) throws(SensorFault) {
        if let broken = self.broken, broken == .adapterGone || broken == .permission { throw SensorFault(broken) }
        if self.claimed.contains(address) { throw SensorFault(.claimed) }
    }

    func write(_ bytes: [UInt8], to address: UInt8) throws(SensorFault) {
        self.transfers.append("W " + bytes.map { Self.hex($0) }.joined(separator: " "))
        try self.begin()
        guard let chip = self.chips[address] else { throw SensorFault(.nack) }
        try chip.write(bytes, at: self.clock.now)
    }

    func read(_ count: Int, from address: UInt8) throws(SensorFault) -> [UInt8] {
        self.transfers.append("R \(count)")
        try self.begin()
        guard let chip = self.chips[address] else { throw SensorFault(.nack) }
        return try chip.read(count, at: self.clock.now)
    }

    func writeRead(_ bytes: [UInt8], _ count: Int, at address: UInt8) throws(SensorFault) -> [UInt8] {
        try self.write(bytes, to: address)
        return try self.read(count, from: address)
    }

    func forgetTransfers() {
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
