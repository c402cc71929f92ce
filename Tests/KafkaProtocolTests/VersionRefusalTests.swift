import KafkaProtocol
import NIOCore
import Testing

@Suite("Requests of versions that are not served, contract §2")
struct VersionRefusalTests {
    /// An answer of version 0 as kafka-python encodes it. Source: Vectors/make-wire.py.
    private struct Vector: Decodable {
        var api: String
        var answer: String
    }

    @Test("error 35 in the shape of version 0, of every request, whatever its body")
    func shapes() throws {
        let vectors: [Vector] = WireVector.read("refusals")
        #expect(vectors.count == APIKey.allCases.count)
        for vector in vectors {
            let key = WireVector.key(vector.api)
            var body = ByteBuffer(bytes: [0xDE, 0xAD])
            let refusal = try #require(try VersionRefusal(of: key, version: 99, reading: &body))
            var bytes = ByteBuffer()
            refusal.write(to: &bytes, version: 99)
            #expect(bytes.bytes == hex(vector.answer), "\(vector.api)")
        }
    }

    @Test("a Produce of version 0 to 2 gets error 35 for each of its partitions", arguments: [Int16(0), 1, 2])
    func oldProduce(version: Int16) throws {
        var body = ByteBuffer(hex: "0001 00007530 00000001 0003 74656c 00000001 00000002 00000003 010203")
        let refusal = try #require(try VersionRefusal(of: .produce, version: version, reading: &body))
        var bytes = ByteBuffer()
        refusal.write(to: &bytes, version: version)
        let time = version >= 2 ? "ffffffffffffffff" : ""
        let throttle = version >= 1 ? "00000000" : ""
        #expect(
            bytes.bytes == hex("00000001 0003 74656c 00000001 00000002 0023 ffffffffffffffff \(time) \(throttle)")
        )
    }

    @Test("a Produce with acks 0 is refused without an answer")
    func unanswered() throws {
        var body = ByteBuffer(hex: "0000 00007530 00000000")
        #expect(try VersionRefusal(of: .produce, version: 2, reading: &body) == nil)
    }

    @Test("a Produce of version 0 to 2 that cannot be read closes")
    func malformed() {
        var body = ByteBuffer(hex: "0001 00007530 7fffffff")
        #expect(throws: KafkaWireError(.countOverBytesLeft(count: 0x7fff_ffff, bytes: 0), at: 6)) {
            try VersionRefusal(of: .produce, version: 1, reading: &body)
        }
    }
}
