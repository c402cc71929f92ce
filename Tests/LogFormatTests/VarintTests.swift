import LogFormat
import Testing

@Suite("Varint, contracts/kafka.md §4")
struct VarintTests {
    static let cases: [(Int, String)] = [
        (0, "00"), (-1, "01"), (1, "02"), (-2, "03"), (63, "7e"), (64, "8001"), (-64, "7f"), (-65, "8101"),
        (300, "d804"), (2_147_483_647, "feffffff0f"), (-2_147_483_648, "ffffffff0f"),
        (Int.max, "feffffffffffffffff01"), (Int.min, "ffffffffffffffffff01"),
    ]

    @Test("values are written and read as the contract shows, and their size is known before", arguments: cases)
    func values(value: Int, encoded: String) {
        var bytes: [UInt8] = []
        Varint.append(value, to: &bytes)
        #expect(bytes == hex(encoded))
        #expect(Varint.size(of: value) == bytes.count)
        var index = 0
        #expect(bytes.withUnsafeBytes { Varint.read($0, at: &index) } == value)
        #expect(index == bytes.count)
    }

    @Test(
        "bytes that end early, run too long or do not fit in 64 bits are refused",
        arguments: [
            "", "80", "ffffffffffffffffff", "ffffffffffffffffff02", "ffffffffffffffffffff01", "80808080808080808080",
        ]
    )
    func refused(encoded: String) {
        var index = 0
        #expect(hex(encoded).withUnsafeBytes { Varint.read($0, at: &index) } == nil)
    }

    @Test("the size is right on both sides of every seven bits")
    func sizes() {
        for bits in 0..<62 {
            for value in [(1 << bits) - 1, 1 << bits, -(1 << bits), -(1 << bits) - 1] {
                var bytes: [UInt8] = []
                Varint.append(value, to: &bytes)
                #expect(Varint.size(of: value) == bytes.count, "\(value)")
            }
        }
    }
}
