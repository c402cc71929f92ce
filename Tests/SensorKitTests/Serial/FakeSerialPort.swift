import SensorKit
import SensorTestSupport

/// A port in memory with a device behind it, on a clock turned by hand.
final class FakeSerialPort: SerialPort {
    /// Bytes on their way, in the order of their time.
    private var coming: [(at: Duration, bytes: [UInt8])] = []
    private let clock: ManualClock
    /// What the device does when it is written to: bytes and how long after.
    var answers: ([UInt8]) -> [(after: Duration, bytes: [UInt8])] = { _ in [] }
    /// Opening, reading and writing fail like this while it is set.
    var broken: SensorFault.Reason?
    private(set) var isOpen = false
    private(set) var opens = 0
    private(set) var written: [(at: Duration, bytes: [UInt8])] = []

    init(clock: ManualClock) {
        self.clock = clock
    }

    func open() throws(SensorFault) {
        guard !self.isOpen else { return }
        self.opens += 1
        if let broken = self.broken { throw SensorFault(broken) }
        self.isOpen = true
    }

    func close() {
        self.isOpen = false
    }

    func write(_ bytes: [UInt8]) throws(SensorFault) {
        try self.checkAlive()
        self.written.append((self.clock.now, bytes))
        for answer in self.answers(bytes) { self.send(answer.bytes, after: answer.after) }
    }

    func read(into bytes: inout [UInt8], until deadline: Duration) throws(SensorFault) -> Int {
        try self.checkAlive()
        if let next = self.coming.first, next.at > self.clock.now, next.at <= deadline { self.clock.now = next.at }
        let ready = self.coming.prefix { $0.at <= self.clock.now }
        self.coming.removeFirst(ready.count)
        if ready.isEmpty { self.clock.sleep(until: deadline) }
        let before = bytes.count
        for part in ready { bytes += part.bytes }
        return bytes.count - before
    }

    /// Lets bytes arrive.
    func send(_ bytes: [UInt8], after delay: Duration = .zero) {
        self.coming.append((self.clock.now + delay, bytes))
        self.coming.sort { $0.at < $1.at }
    }

    func send(_ text: String, after delay: Duration = .zero) {
        self.send(Array(text.utf8), after: delay)
    }

    private func checkAlive() throws(SensorFault) {
        guard let broken = self.broken else { return }
        self.isOpen = false
        throw SensorFault(broken)
    }
}
