package import SensorKit

/// A chip on the fake bus. Throws `nack` for what it would not acknowledge.
package protocol FakeChip: AnyObject {
    func write(_ bytes: [UInt8], at now: Duration) throws(SensorFault)
    func read(_ count: Int, at now: Duration) throws(SensorFault) -> [UInt8]
}

/// A fake that can be told what to measure and what to do wrong.
package protocol FakeSensorChip: FakeChip {
    /// The raw result of its next conversions, as the chip's own bits.
    var temperature: UInt32 { get set }
    var humidity: UInt32 { get set }
    /// Results still to be sent with a wrong checksum; without effect on chips that send none.
    var garbledResults: Int { get set }
    /// Conversions since it was made.
    var conversions: Int { get }
    /// It lost its supply for a moment: all settings and results are gone.
    func losePower(at now: Duration)
}

/// A chip that takes commands and gives one answer to each, once, and not before it is ready.
package class FakeCommandChip: FakeChip {
    /// What a command leads to.
    package struct Reply {
        package var bytes: [UInt8]
        package var after: Duration
        /// Whether it can be read again; most chips empty their buffer.
        package var stays = false

        package init(_ bytes: [UInt8] = [], after: Duration = .zero, stays: Bool = false) {
            self.bytes = bytes
            self.after = after
            self.stays = stays
        }
    }

    package var temperature: UInt32
    package var humidity: UInt32
    package var garbledResults = 0
    package var conversions = 0
    private var reply: Reply?
    private var readyAt: Duration = .zero
    /// Nothing is acknowledged before.
    private var awakeAt: Duration = .zero

    package init(temperature: UInt32, humidity: UInt32) {
        self.temperature = temperature
        self.humidity = humidity
    }

    /// What the chip does with a command; throws `nack` for one it does not take.
    package func command(_ bytes: [UInt8], at now: Duration) throws(SensorFault) -> Reply {
        throw SensorFault(.nack)
    }

    /// Whether a command sent while a conversion runs is refused.
    package var isDeafWhileConverting: Bool { false }

    /// Whether it acknowledges its address alone.
    package var acknowledgesAddress: Bool { true }

    package func write(_ bytes: [UInt8], at now: Duration) throws(SensorFault) {
        guard now >= self.awakeAt else { throw SensorFault(.nack) }
        if self.isDeafWhileConverting, self.reply != nil, now < self.readyAt { throw SensorFault(.nack) }
        if bytes.isEmpty, self.acknowledgesAddress { return }
        self.reply = nil
        let reply = try self.command(bytes, at: now)
        if reply.bytes.isEmpty {
            self.awakeAt = now + reply.after
        } else {
            self.reply = reply
            self.readyAt = now + reply.after
        }
    }

    package func read(_ count: Int, at now: Duration) throws(SensorFault) -> [UInt8] {
        guard now >= self.awakeAt, now >= self.readyAt, let reply = self.reply else { throw SensorFault(.nack) }
        if !reply.stays { self.reply = nil }
        return Array((reply.bytes + [UInt8](repeating: 0xFF, count: count)).prefix(count))
    }

    /// The bytes of a result, the last of them wrong while that is asked for.
    package func result(_ bytes: [UInt8]) -> [UInt8] {
        self.conversions += 1
        guard self.garbledResults > 0, let last = bytes.last else { return bytes }
        self.garbledResults -= 1
        return bytes.dropLast() + [last ^ 0xFF]
    }

    /// Forgets everything and is deaf for `duration`.
    package func restart(at now: Duration, for duration: Duration) {
        self.reply = nil
        self.awakeAt = now + duration
    }

    /// A word with Sensirion's checksum, computed here on purpose and not by the code under test.
    package static func word(_ value: UInt32) -> [UInt8] {
        let bytes = [UInt8(value >> 8 & 0xFF), UInt8(value & 0xFF)]
        return bytes + [self.crc(bytes, initial: 0xFF)]
    }

    /// Polynomial 0x31, MSB first, a bit at a time over the whole message.
    package static func crc(_ bytes: [UInt8], initial: UInt8) -> UInt8 {
        var register = initial
        for byte in bytes {
            for bit in (0..<8).reversed() {
                let isSet = (register >> 7) ^ (byte >> UInt8(bit) & 1) == 1
                register = register << 1 ^ (isSet ? 0x31 : 0)
            }
        }
        return register
    }
}
