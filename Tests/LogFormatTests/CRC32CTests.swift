import LogFormat
import TestSupport
import Testing

@Suite("CRC-32C, RFC 3720 appendix B.4")
struct CRC32CTests {
    @Test(
        "known sums are found by instruction and by table",
        arguments: [
            ([], 0),
            (Array("123456789".utf8), 0xe306_9283),
            ([UInt8](repeating: 0, count: 32), 0x8a91_36aa),
            ([UInt8](repeating: 0xff, count: 32), 0x62a8_ab43),
            ((0..<32).map { UInt8($0) }, 0x46dd_794e),
            ((0..<32).reversed().map { UInt8($0) }, 0x113f_db5c),
        ] as [([UInt8], UInt32)]
    )
    func knownSums(bytes: [UInt8], expected: UInt32) {
        #expect(CRC32C.checksum(bytes) == expected)
        #expect(CRC32C.portableChecksum(bytes) == expected)
    }

    @Test("instruction and table agree at every length and start, and a sum can be continued")
    func waysAgree() {
        let seed = SeededGenerator.seed(of: "CRC ways agree")
        var random = SeededGenerator(seed: seed)
        let bytes = (0..<300).map { _ in UInt8.random(in: 0...255, using: &random) }
        for start in 0..<9 {
            for end in start...bytes.count {
                let part = Array(bytes[start..<end])
                let sum = CRC32C.checksum(part)
                #expect(sum == CRC32C.portableChecksum(part))
                let middle = start + (end - start) / 3
                let continued = bytes.withUnsafeBytes { raw in
                    let front = CRC32C.checksum(UnsafeRawBufferPointer(rebasing: raw[start..<middle]))
                    return CRC32C.checksum(UnsafeRawBufferPointer(rebasing: raw[middle..<end]), continuing: front)
                }
                #expect(continued == sum)
            }
        }
    }
}
