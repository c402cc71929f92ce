import SensorKit
import SensorTestSupport
import Testing

@Suite("a Modbus line with several units, sensors contract section 5.1")
struct ModbusLineTests {
    private let clock = ManualClock()
    private let port: FakeSerialPort
    private let line: ModbusLine

    init() {
        self.port = FakeSerialPort(clock: self.clock)
        self.line = ModbusLine(
            port: self.port,
            settings: SerialSettings(rate: 9_600),
            replyDeadline: .milliseconds(300),
            clock: self.clock
        )
    }

    private func sensor(unit: UInt8, index: Int = 0) -> ModbusSensor {
        ModbusSensor(unit: unit, map: .transmitter(divisor: 10), line: self.line, index: index)
    }

    /// A unit's answer of two registers.
    private static func answer(_ unit: UInt8, _ first: UInt16 = 0x0131, _ second: UInt16 = 0x0222) -> [UInt8] {
        var body: [UInt8] = [unit, 4, 4]
        for word in [first, second] { body += [UInt8(word >> 8), UInt8(word & 0xFF)] }
        let crc = ModbusCRC.checksum(of: body)
        return body + [UInt8(crc & 0xFF), UInt8(crc >> 8)]
    }

    private static func exception(_ unit: UInt8, _ code: UInt8) -> [UInt8] {
        let crc = ModbusCRC.checksum(of: [unit, 0x84, code])
        return [unit, 0x84, code, UInt8(crc & 0xFF), UInt8(crc >> 8)]
    }

    private func reason(_ sensor: inout ModbusSensor) -> SensorFault.Reason? {
        do throws(SensorFault) {
            _ = try sensor.collect()
            return nil
        } catch {
            return error.reason
        }
    }

    @Test("values come in the map's order")
    func good() throws {
        self.port.answers = { [(.milliseconds(15), Self.answer($0[0]))] }
        var sensor = self.sensor(unit: 1)
        #expect(try sensor.collect().map(\.value) == [30.5, 54.6])
        #expect(self.port.written.map(\.bytes) == [hex("01 04 00 01 00 02 20 0B")])
    }

    @Test("between two requests are at least 40 ms, at 300 baud four characters")
    func pause() throws {
        self.port.answers = { [(.milliseconds(15), Self.answer($0[0]))] }
        var sensor = self.sensor(unit: 1)
        _ = try sensor.collect()
        let end = self.clock.now
        _ = try sensor.collect()
        #expect(self.port.written[1].at == end + .milliseconds(40))
        let slow = ModbusLine(
            port: self.port,
            settings: SerialSettings(rate: 300),
            replyDeadline: .milliseconds(300),
            clock: self.clock
        )
        let request = ModbusRequest(unit: 1, function: .input, address: 1, count: 2)
        _ = try slow.registers(request, for: 0)
        let slowEnd = self.clock.now
        _ = try slow.registers(request, for: 0)
        #expect(self.port.written[3].at - slowEnd >= .milliseconds(128))
    }

    @Test("a silent unit costs one deadline, another unit is asked at once, and a late answer is not taken for its own")
    func silentUnit() throws {
        self.port.answers = { request in
            // Unit 1 answers when its deadline has passed, into unit 2's turn.
            request[0] == 1
                ? [(.milliseconds(400), Self.answer(1, 10, 10))] : [(.milliseconds(60), Self.answer(2, 20, 20))]
        }
        var first = self.sensor(unit: 1)
        var second = self.sensor(unit: 2, index: 1)
        let start = self.clock.now
        #expect(self.reason(&first) == .noReply)
        #expect(self.clock.now - start < .milliseconds(340))
        #expect(try second.collect().map(\.value) == [2, 2])
        #expect(self.clock.now - start < .milliseconds(460))
    }

    @Test("the same unit is left alone for a deadline: its late answer is thrown away, the next one taken")
    func lateAnswer() throws {
        var asked = 0
        self.port.answers = { _ in
            asked += 1
            return asked == 1
                ? [(.milliseconds(500), Self.answer(1, 10, 10))] : [(.milliseconds(15), Self.answer(1, 11, 11))]
        }
        var sensor = self.sensor(unit: 1)
        #expect(self.reason(&sensor) == .noReply)
        let deadline = self.clock.now
        #expect(try sensor.collect().map(\.value) == [1.1, 1.1])
        #expect(self.port.written[1].at >= deadline + .milliseconds(300))
    }

    @Test("eight sensors on one silent unit cost one deadline together")
    func silentTogether() {
        var group = SensorGroup((0..<8).map { self.sensor(unit: 3, index: $0) }, clock: self.clock)
        let start = self.clock.now
        let outcomes = group.sample(Array(0..<8))
        #expect(outcomes.allSatisfy { $0.fault?.reason == .noReply })
        #expect(self.clock.now - start < .milliseconds(350))
        #expect(self.port.written.count == 1)
    }

    @Test("a wrong checksum is followed by silence and two more questions, no more")
    func checksum() {
        var garbled = Self.answer(1)
        garbled[8] ^= 1
        self.port.answers = { _ in [(.milliseconds(15), garbled), (.milliseconds(30), [0x55])] }
        var group = SensorGroup([self.sensor(unit: 1)], clock: self.clock)
        let outcome = group.sample([0])[0]
        #expect(outcome.fault?.reason == .crc)
        #expect(self.port.written.count == 3)
        let pauses = zip(self.port.written.dropFirst(), self.port.written).map { $0.at - $1.at }
        // 15 ms to the answer, 15 ms to the stray byte, 20 ms of silence, 40 ms pause.
        #expect(pauses.allSatisfy { $0 >= .milliseconds(90) })
    }

    @Test("a line that is never silent delays by half a second and is a fault")
    func noise() {
        var sensor = self.sensor(unit: 1)
        self.port.answers = { _ in (1...400).map { (.milliseconds($0 * 5), [UInt8(0xAA)]) } }
        let start = self.clock.now
        #expect(self.reason(&sensor) == .badFrame)
        #expect(self.clock.now - start < .seconds(1))
    }

    @Test("a busy unit is asked again after 500 ms, once")
    func busy() throws {
        var asked = 0
        self.port.answers = { _ in
            asked += 1
            return [(.milliseconds(15), asked == 1 ? Self.exception(1, 6) : Self.answer(1))]
        }
        var sensor = self.sensor(unit: 1)
        #expect(try sensor.collect().count == 2)
        #expect(self.port.written[1].at - self.port.written[0].at >= .milliseconds(500))
        self.port.answers = { _ in [(.milliseconds(15), Self.exception(1, 5))] }
        #expect(self.reason(&sensor) == .exception)
        #expect(self.port.written.count == 4)
    }

    @Test("a register that the unit does not have is a configuration error, reported once", arguments: [1, 2, 3])
    func configurationError(code: UInt8) {
        self.port.answers = { _ in [(.milliseconds(15), Self.exception(1, code))] }
        var group = SensorGroup([self.sensor(unit: 1)], clock: self.clock)
        let outcome = group.sample([0])[0]
        #expect(outcome.fault?.reason == .exception && outcome.fault?.retry == .afterRepair)
        #expect(outcome.change == .unavailable)
        #expect(self.port.written.count == 1)
        #expect(group.sample([0]).isEmpty)
    }

    @Test("an echoing adapter is understood")
    func echo() throws {
        self.port.answers = { [(.milliseconds(8), $0), (.milliseconds(40), Self.answer(1))] }
        var sensor = self.sensor(unit: 1)
        #expect(try sensor.collect().map(\.value) == [30.5, 54.6])
    }

    @Test("an unplugged port is looked for after 1, 2, 5 and then every 10 s, reported once, and works when it is back")
    func unplug() {
        self.port.answers = { _ in [(.milliseconds(15), Self.answer(1))] }
        var group = SensorGroup([self.sensor(unit: 1)], clock: self.clock)
        #expect(group.sample([0])[0].fault == nil)
        self.port.broken = .unplugged
        #expect(group.sample([0]).map(\.change) == [.unavailable])
        #expect(!self.port.isOpen, "an open descriptor makes the device come back under another name")
        let start = self.clock.now
        var probes: [Duration] = []
        while self.clock.now < start + .seconds(40) {
            self.clock.now += .milliseconds(500)
            for outcome in group.sample([0]) {
                #expect(outcome.change == .none)
                probes.append(self.clock.now - start)
            }
        }
        #expect(probes.prefix(5) == [.seconds(1), .seconds(3), .seconds(8), .seconds(18), .seconds(28)])
        self.port.broken = nil
        self.clock.now += .seconds(10)
        #expect(group.sample([0]).map(\.change) == [.recovered])
    }

    @Test("late, split, garbled, echoed, missing and noisy answers never give a value that was not asked for just now")
    func randomFaults() {
        let seed: UInt64 = 0x5253_3438_35
        var random = SplitMix64(seed: seed)
        var asked: [UInt8: UInt16] = [:]
        self.port.answers = { request in
            let unit = request[0]
            let number = (asked[unit] ?? 0) % 500 + 1
            asked[unit] = number
            var answer = Self.answer(unit, number, UInt16(unit))
            switch Int.random(in: 0..<12, using: &random) {
            case 0: return []
            case 1, 2:
                // Up to the end of the time for which the unit is left alone.
                return [(.milliseconds(Int.random(in: 320...600, using: &random)), answer)]
            case 3:
                answer[Int.random(in: answer.indices, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                return [(.milliseconds(15), answer)]
            case 4: return [(.milliseconds(9), request), (.milliseconds(30), answer)]
            case 5:
                let cut = Int.random(in: 1..<answer.count, using: &random)
                let last = Int.random(in: 20...290, using: &random)
                return [(.milliseconds(15), Array(answer[..<cut])), (.milliseconds(last), Array(answer[cut...]))]
            case 6:
                let noise = (0..<6).map { _ in UInt8.random(in: 0...255, using: &random) }
                return [(.milliseconds(10), noise), (.milliseconds(20), answer)]
            case 7: return [(.milliseconds(15), Array(answer.dropLast(3)))]
            default: return [(.milliseconds(15), answer)]
            }
        }
        var sensors = (0..<3).map { self.sensor(unit: UInt8($0 + 1), index: $0) }
        var values = 0
        for round in 0..<3_000 {
            for index in sensors.indices {
                let start = self.clock.now
                // A fault is no value; what it is called is tested above.
                if let readings = try? sensors[index].collect() {
                    values += 1
                    let unit = UInt8(index + 1)
                    let expected = [Double(asked[unit] ?? 0) / 10, Double(unit) / 10]
                    #expect(readings.map(\.value) == expected, "seed \(seed), round \(round)")
                }
                #expect(self.clock.now - start < .seconds(2), "seed \(seed), round \(round)")
            }
            self.clock.now += .milliseconds(Int.random(in: 0...1_000, using: &random))
        }
        #expect(values > 4_000, "seed \(seed): the line only made rubbish")
    }
}
