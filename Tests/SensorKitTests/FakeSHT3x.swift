import SensorKit

/// An SHT3x as its data sheet describes it: refuses what it does not know, and reads while it converts.
final class FakeSHT3x: FakeChip {
    static let heaterBit: UInt16 = 0x2000
    static let resetBit: UInt16 = 0x0010

    var status: UInt16 = 0x8010
    var measurement: [UInt8] = [0x66, 0x66, 0x93, 0x80, 0x00, 0xA2]
    /// Measurements of the next conversions, before `measurement` comes again.
    var queued: [[UInt8]] = []
    /// Status answers with a wrong checksum still to come.
    var garbledStatuses = 0
    var isPeriodic = false
    private(set) var resets = 0
    private(set) var conversions = 0
    private var answer: [UInt8]?
    private var readyAt: Duration = .zero

    func write(_ bytes: [UInt8], at now: Duration) throws(SensorFault) {
        self.answer = nil
        switch bytes {
        case [0x30, 0x93]:
            guard self.isPeriodic else { throw SensorFault(.nack) }
            self.isPeriodic = false
        case [0x30, 0xA2]:
            self.status = 0x8010
            self.resets += 1
        case [0x30, 0x41]: self.status &= ~0x8C10
        case [0x30, 0x66]: self.status &= ~Self.heaterBit
        case [0xF3, 0x2D]:
            self.answer = Self.word(self.status)
            if self.garbledStatuses > 0 {
                self.garbledStatuses -= 1
                self.answer?[2] ^= 0xFF
            }
            self.readyAt = now
        case [0x24, 0x00]:
            guard !self.isPeriodic else { throw SensorFault(.nack) }
            self.conversions += 1
            self.answer = self.queued.isEmpty ? self.measurement : self.queued.removeFirst()
            self.readyAt = now + .microseconds(15_500)
        default: throw SensorFault(.nack)
        }
    }

    func read(_ count: Int, at now: Duration) throws(SensorFault) -> [UInt8] {
        guard let answer = self.answer, now >= self.readyAt else { throw SensorFault(.nack) }
        self.answer = nil  // most chips empty their buffer
        return Array((answer + [UInt8](repeating: 0xFF, count: count)).prefix(count))
    }

    static func word(_ value: UInt16) -> [UInt8] {
        let bytes = [UInt8(value >> 8), UInt8(value & 0xFF)]
        return bytes + [SensirionCRC.checksum(of: bytes)]
    }

    static func measurement(_ temperature: UInt16, _ humidity: UInt16) -> [UInt8] {
        self.word(temperature) + self.word(humidity)
    }
}

/// Any other chip: fixed answers to fixed commands.
final class FakeOtherChip: FakeChip {
    private let answers: [[UInt8]: [UInt8]]
    private var answer: [UInt8]?

    init(_ answers: [[UInt8]: [UInt8]]) {
        self.answers = answers
    }

    func write(_ bytes: [UInt8], at now: Duration) throws(SensorFault) {
        self.answer = self.answers[bytes]
        if self.answer == nil { throw SensorFault(.nack) }
    }

    func read(_ count: Int, at now: Duration) throws(SensorFault) -> [UInt8] {
        guard let answer = self.answer else { throw SensorFault(.nack) }
        return Array(answer.prefix(count))
    }
}
