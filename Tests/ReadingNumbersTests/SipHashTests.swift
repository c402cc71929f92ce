import ReadingNumbers
import Testing

@Suite("SipHash-2-4, 128 bits, vectors of the reference implementation")
struct SipHashTests {
    @Test(
        "key 00 to 0f, message 00, 01, …",
        arguments: [
            (0, "a3817f04ba25a8e66df67214c7550293"),
            (1, "da87c1d86b99af44347659119b22fc45"),
            (2, "8177228da4a45dc7fca38bdef60affe4"),
            (15, "5493e99933b0a8117e08ec0f97cfc3d9"),
        ]
    )
    func vector(count: Int, expected: String) {
        let key = SipHash.Key(low: 0x0706_0504_0302_0100, high: 0x0F0E_0D0C_0B0A_0908)
        let bytes = (0..<count).map { UInt8($0) }
        let (low, high) = bytes.withUnsafeBytes { SipHash.hash($0, key: key) }
        let hash = [low, high].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(8 * $0)) } }
        #expect(hash.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined() == expected)
    }

    @Test("the secret decides the key, and long names have keys of their own")
    func secrets() {
        let one = SipHash.Key(low: 1, high: 2)
        let other = SipHash.Key(low: 1, high: 3)
        #expect(DeviceKey(of: "dev1", secret: one) == DeviceKey(of: "dev1", secret: one))
        #expect(DeviceKey(of: "dev1", secret: one) != DeviceKey(of: "dev1", secret: other))
        #expect(DeviceKey(of: "dev1", secret: one) != DeviceKey(of: "dev1/mod1", secret: one))
    }
}
