import SensorKit
import Testing

@Suite("Modbus RTU frames, sensors contract section 5.1")
struct ModbusFrameTests {
    private static let both = ModbusRequest(unit: 1, function: .input, address: 1, count: 2)
    private static let one = ModbusRequest(unit: 1, function: .input, address: 1, count: 1)

    private func progress(_ request: ModbusRequest, _ bytes: String) -> ModbusReply.Progress {
        var reply = ModbusReply(to: request)
        return reply.received(hex(bytes))
    }

    private func reason(_ progress: ModbusReply.Progress) -> SensorFault.Reason? {
        if case .fault(let fault) = progress { fault.reason } else { nil }
    }

    @Test("the contract's requests, byte for byte")
    func requests() {
        #expect(Self.both.bytes == hex("01 04 00 01 00 02 20 0B"))
        #expect(Self.one.bytes == hex("01 04 00 01 00 01 60 0A"))
        let unit = ModbusRequest(unit: 1, function: .holding, address: 0x0101, count: 1)
        #expect(unit.bytes == hex("01 03 01 01 00 01 D4 36"))
        #expect(self.progress(unit, "01 03 02 00 01 79 84") == .registers([1]))
        let crc = ModbusCRC.checksum(of: hex("01 06 01 03 FF F1"))
        #expect([UInt8(crc & 0xFF), UInt8(crc >> 8)] == hex("F8 42"))
    }

    @Test("30.5 °C with 54.6 %, and −20.5 °C alone")
    func answers() {
        #expect(self.progress(Self.both, "01 04 04 01 31 02 22 2A CE") == .registers([0x0131, 0x0222]))
        #expect(self.progress(Self.one, "01 04 02 FF 33 B8 D5") == .registers([0xFF33]))
        let map = ModbusMap.transmitter(divisor: 10)
        #expect(map.blocks == [.init(address: 1, count: 2, members: [0, 1])])
        #expect(map.registers[0].reading(of: [0x0131]).outcome == .good(30.5))
        #expect(map.registers[1].reading(of: [0x0222]).outcome == .good(54.6))
        #expect(map.registers[0].reading(of: [0xFF33]).outcome == .good(-20.5))
    }

    @Test("an exception is told by its code")
    func exception() {
        #expect(self.progress(Self.both, "01 84 02 C2 C1") == .exception(2))
    }

    @Test("an answer cut anywhere is incomplete, and complete with its last byte whatever the pieces")
    func pieces() {
        let answer = hex("01 04 04 01 31 02 22 2A CE")
        for first in 0..<answer.count {
            for second in first..<answer.count {
                var reply = ModbusReply(to: Self.both)
                if first > 0 { #expect(reply.received(answer[..<first]) == .incomplete) }
                if second > first { #expect(reply.received(answer[first..<second]) == .incomplete) }
                #expect(reply.received(answer[second...]) == .registers([0x0131, 0x0222]))
            }
        }
    }

    @Test("one leading echo is passed over in whatever pieces, a second one is not")
    func echo() {
        let echo = Self.both.bytes
        let answer = hex("01 04 04 01 31 02 22 2A CE")
        for cut in 1..<(echo.count + answer.count) {
            var reply = ModbusReply(to: Self.both)
            #expect(reply.received((echo + answer)[..<cut]) == .incomplete)
            #expect(reply.received((echo + answer)[cut...]) == .registers([0x0131, 0x0222]))
        }
        var reply = ModbusReply(to: Self.both)
        #expect(self.reason(reply.received(echo + echo + answer)) == .badFrame)
    }

    @Test("an echo that looks like the begin of an answer: the address's high byte is the byte count")
    func misleadingEcho() {
        let request = ModbusRequest(unit: 1, function: .input, address: 0x0200, count: 1)
        let crc = ModbusCRC.checksum(of: hex("01 04 02 00 00"))
        let answer = hex("01 04 02 00 00") + [UInt8(crc & 0xFF), UInt8(crc >> 8)]
        var reply = ModbusReply(to: request)
        #expect(reply.received(answer) == .registers([0]))
        for cut in 1..<(request.bytes.count + answer.count) {
            var reply = ModbusReply(to: request)
            #expect(reply.received((request.bytes + answer)[..<cut]) == .incomplete)
            #expect(reply.received((request.bytes + answer)[cut...]) == .registers([0]))
        }
    }

    @Test("another unit's late answer is passed over; alone at the deadline it is wrong_unit")
    func otherUnit() {
        func answer(of unit: UInt8, _ value: UInt8) -> [UInt8] {
            let body: [UInt8] = [unit, 4, 2, 0, value]
            let crc = ModbusCRC.checksum(of: body)
            return body + [UInt8(crc & 0xFF), UInt8(crc >> 8)]
        }
        var reply = ModbusReply(to: Self.one)
        #expect(reply.received(answer(of: 9, 7) + answer(of: 1, 8)) == .registers([8]))
        var alone = ModbusReply(to: Self.one)
        #expect(alone.received(answer(of: 9, 7)) == .incomplete)
        #expect(alone.faultAtDeadline.reason == .wrongUnit)
        #expect(alone.faultAtDeadline.retry == .nextSample)
    }

    @Test(
        "what is no answer to this question is refused",
        arguments: [
            ("01 04 04 01 31 02 22 2A CF", SensorFault.Reason.crc), ("01 04 04 01 31 02 23 2A CE", .crc),
            ("01 03 04 01 31 02 22 2A CE", .badFrame), ("01 04 02 FF 33 B8 D5", .badFrame),
            ("00 04 04 01 31 02 22 2A CE", .badFrame), ("F8 04 04 01 31 02 22 2A CE", .badFrame),
            ("01 06 01 03 FF F1 F8 42", .badFrame), ("01 83 02 C2 C1", .badFrame), ("01 84 02 C2 C0", .crc),
            ("02 04 03 01 31 02 22 2A CE", .badFrame), ("FF FF FF", .badFrame), ("00 00 00", .badFrame),
        ]
    )
    func refused(bytes: String, expected: SensorFault.Reason) {
        #expect(self.reason(self.progress(Self.both, bytes)) == expected)
    }

    @Test("at the deadline: nothing, an echo alone and half an answer are three different faults")
    func deadline() {
        var reply = ModbusReply(to: Self.both)
        #expect(reply.faultAtDeadline.reason == .noReply)
        #expect(reply.received(Self.both.bytes) == .incomplete)
        #expect(reply.faultAtDeadline.detail.contains("only the adapter's echo came"))
        #expect(reply.received(hex("01 04 04 01")) == .incomplete)
        #expect(reply.faultAtDeadline.reason == .badFrame)
        #expect(reply.faultAtDeadline.detail.contains("only 4 of 9 bytes"))
    }

    @Test("125 registers are read at once, and somebody who talks without end is cut off")
    func bounds() {
        let request = ModbusRequest(unit: 247, function: .holding, address: 0xFF83, count: 125)
        let body: [UInt8] = [247, 3, 250] + Array(0..<250 as Range<UInt8>)
        let crc = ModbusCRC.checksum(of: body)
        var reply = ModbusReply(to: request)
        #expect(reply.received(body) == .incomplete)
        let progress = reply.received([UInt8(crc & 0xFF), UInt8(crc >> 8)])
        let words = (0..<125).map { (index: Int) -> UInt16 in UInt16(2 * index * 256 + 2 * index + 1) }
        #expect(progress == .registers(words))
        let foreign = hex("09 04 02 00 00")
        let foreignCRC = ModbusCRC.checksum(of: foreign)
        let frame = foreign + [UInt8(foreignCRC & 0xFF), UInt8(foreignCRC >> 8)]
        var endless = ModbusReply(to: Self.one)
        var last = ModbusReply.Progress.incomplete
        for _ in 0..<200 where last == .incomplete { last = endless.received(frame) }
        #expect(self.reason(last) == .badFrame)
    }

    @Test("every format of number, both word orders, divisor and offset; outside the range is no number")
    func formats() {
        typealias Case = (ModbusRegister.Format, [UInt16], Bool, ChannelReading.Outcome)
        let cases: [Case] = [
            (.int16, [0x8000], false, .good(-32_768)), (.uint16, [0x8000], false, .good(32_768)),
            (.int32, [0xFFFF, 0xFFFE], false, .good(-2)), (.int32, [0xFFFE, 0xFFFF], true, .good(-2)),
            (.uint32, [0x0001, 0x0002], false, .good(65_538)), (.float32, [0x41A8, 0x0000], false, .good(21)),
            (.float32, [0x0000, 0x41A8], true, .good(21)), (.float32, [0x7FC0, 0x0000], false, .bad(.outOfRange)),
            (.float32, [0x7F80, 0x0000], false, .bad(.outOfRange)),
        ]
        for (format, words, isLow, expected) in cases {
            let register = ModbusRegister(
                .pressure,
                address: 0,
                format: format,
                isLowWordFirst: isLow,
                range: -1e9...1e10
            )
            #expect(register.reading(of: words[...]).outcome == expected, "\(format) \(words)")
        }
        let kelvin = ModbusRegister(.temperature, address: 0, format: .uint16, divisor: 100, offset: -273.15)
        #expect(abs((kelvin.reading(of: [29_465]).value ?? 0) - 21.5) < 1e-9)
        #expect(
            ModbusRegister(.temperature, address: 0, divisor: 10).reading(of: [0x7FFF]).outcome == .bad(.outOfRange)
        )
    }

    @Test("registers that touch or overlap share a request, a gap or 126 registers part them")
    func blocks() {
        func map(_ registers: [(UInt16, ModbusRegister.Format)]) -> [ModbusMap.Block] {
            ModbusMap(.holding, registers.map { ModbusRegister(.temperature, address: $0.0, format: $0.1) }).blocks
        }
        #expect(
            map([(10, .int16), (8, .float32), (12, .int16)]) == [
                .init(address: 8, count: 3, members: [1, 0]), .init(address: 12, count: 1, members: [2]),
            ]
        )
        #expect(map([(1, .int32), (1, .int16), (2, .int32)]) == [.init(address: 1, count: 3, members: [0, 1, 2])])
        let many = map((0..<126).map { (UInt16($0), ModbusRegister.Format.int16) })
        #expect(many.map(\.count) == [125, 1])
    }

    @Test("any bytes in any pieces never trap, and only a frame with a good checksum from the unit gives a value")
    func fuzz() {
        let seed: UInt64 = 0x4D6F_6462_7573
        var random = SplitMix64(seed: seed)
        let good = hex("01 04 04 01 31 02 22 2A CE")
        var values = 0
        for round in 0..<20_000 {
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                switch Int.random(in: 0..<5, using: &random) {
                case 0: bytes += Self.both.bytes
                case 1:
                    bytes += (0..<Int.random(in: 0...12, using: &random)).map { _ in
                        UInt8.random(in: 0...255, using: &random)
                    }
                default: bytes += good
                }
            }
            for _ in 0..<Int.random(in: 0...2, using: &random) where !bytes.isEmpty {
                bytes[Int.random(in: bytes.indices, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            }
            var reply = ModbusReply(to: Self.both)
            var rest = bytes[...]
            var progress = ModbusReply.Progress.incomplete
            while progress == .incomplete, !rest.isEmpty {
                let count = Int.random(in: 1...rest.count, using: &random)
                progress = reply.received(rest.prefix(count))
                rest = rest.dropFirst(count)
            }
            guard case .registers(let words) = progress else { continue }
            values += 1
            #expect(words == [0x0131, 0x0222], "seed \(seed), round \(round)")
        }
        #expect(values > 1_000, "seed \(seed): the fuzzer only made rubbish")
    }
}
