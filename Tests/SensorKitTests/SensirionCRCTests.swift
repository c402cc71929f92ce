import SensorKit
import Testing

@Suite("Sensirion CRC-8, sensors contract 1.1")
struct SensirionCRCTests {
    @Test(
        "check values of the contract",
        arguments: [([0xBE, 0xEF], 0x92), ([0x00, 0x00], 0x81), ([0xFF, 0xFF], 0xAC)] as [([UInt8], UInt8)]
    )
    func checkValues(bytes: [UInt8], expected: UInt8) {
        #expect(SensirionCRC.checksum(of: bytes) == expected)
    }

    @Test("words come out only when every checksum fits")
    func words() {
        #expect(SensirionCRC.words(in: [0xBE, 0xEF, 0x92, 0x00, 0x00, 0x81]) == [0xBEEF, 0])
        #expect(SensirionCRC.words(in: [0xBE, 0xEF, 0x92, 0x00, 0x00, 0x80]) == nil)
        #expect(SensirionCRC.words(in: [0xBE, 0xEF]) == nil)
        #expect(SensirionCRC.words(in: []) == nil)
    }

    @Test("a floating bus, all zeros or all ones, never passes")
    func floatingBus() {
        #expect(SensirionCRC.words(in: [0, 0, 0, 0, 0, 0]) == nil)
        #expect(SensirionCRC.words(in: [UInt8](repeating: 0xFF, count: 6)) == nil)
    }

    @Test("every single flipped bit of a measurement is noticed")
    func flippedBits() {
        let good: [UInt8] = [0x66, 0x66, 0x93, 0x80, 0x00, 0xA2]
        for bit in 0..<48 {
            var bytes = good
            bytes[bit / 8] ^= 1 << (bit % 8)
            #expect(SensirionCRC.words(in: bytes) == nil, "bit \(bit)")
        }
    }
}
