import NIOCore
import RecordCompression
import TestSupport
import Testing

@Suite("decompression of clients' codecs, contract kafka section 4")
struct RecordDecompressorTests {
    static func decompressed(
        _ bytes: [UInt8],
        _ codec: CompressionCodec,
        limit: Int = RecordDecompressor.outputBytesMax
    ) throws(DecompressionError) -> [UInt8] {
        var target = ByteBuffer(string: "front")
        // The rethrowing form of Array's function loses the error's type.
        try bytes.withUnsafeBufferPointer { buffer throws(DecompressionError) in
            try RecordDecompressor.decompress(UnsafeRawBufferPointer(buffer), codec: codec, into: &target, limit: limit)
        }
        return Array(target.readableBytesView.dropFirst(5))
    }

    @Test("what the real tools compressed comes out as it was, behind what is there", arguments: Vectors.all.streams)
    func realTools(vector: Vectors.Stream) throws {
        let codec = try #require(CompressionCodec(rawValue: vector.codec))
        let bytes = try RecordDecompressorTests.decompressed(Vectors.bytes(vector.hex), codec)
        let text = String(repeating: Vectors.all.text, count: vector.repeats)
        #expect(String(decoding: bytes, as: UTF8.self) == text)
    }

    @Test("the limit counts bytes of output: exactly so many pass, one more is refused", arguments: Vectors.all.streams)
    func limit(vector: Vectors.Stream) throws {
        let codec = try #require(CompressionCodec(rawValue: vector.codec))
        let size = Vectors.all.text.utf8.count * vector.repeats
        let bytes = Vectors.bytes(vector.hex)
        #expect(try RecordDecompressorTests.decompressed(bytes, codec, limit: size).count == size)
        #expect(throws: DecompressionError.tooLarge(codec, limit: size - 1)) {
            try RecordDecompressorTests.decompressed(bytes, codec, limit: size - 1)
        }
        #expect(throws: DecompressionError.tooLarge(codec, limit: 0)) {
            try RecordDecompressorTests.decompressed(bytes, codec, limit: 0)
        }
    }

    @Test("cut at any byte it is refused, or gives whole frames of the front", arguments: Vectors.all.streams)
    func truncation(vector: Vectors.Stream) throws {
        let codec = try #require(CompressionCodec(rawValue: vector.codec))
        let bytes = Vectors.bytes(vector.hex)
        let text = Array(String(repeating: Vectors.all.text, count: vector.repeats).utf8)
        for length in 0..<bytes.count {
            guard let output = try? RecordDecompressorTests.decompressed(Array(bytes.prefix(length)), codec) else {
                continue
            }
            // Frames and blocks stand on their own: what is there is right.
            #expect(output.count < text.count && text.starts(with: output), "cut at \(length)")
            #expect(codec == .snappy || vector.repeats > 1, "cut at \(length)")
        }
    }

    @Test("a flipped byte never crashes, and with a checksum never gives other bytes", arguments: Vectors.all.streams)
    func flips(vector: Vectors.Stream) throws {
        let codec = try #require(CompressionCodec(rawValue: vector.codec))
        let bytes = Vectors.bytes(vector.hex)
        for index in bytes.indices {
            var flipped = bytes
            flipped[index] ^= 0xFF
            _ = try? RecordDecompressorTests.decompressed(flipped, codec, limit: 1 << 20)
        }
    }

    @Test("random bytes behind a codec's first ones never crash it", arguments: CompressionCodec.allCases)
    func fuzz(codec: CompressionCodec) {
        var random = SeededGenerator.announced()
        let starts = Vectors.all.streams.filter { $0.codec == codec.rawValue }.map { Vectors.bytes($0.hex) } + [[]]
        for _ in 0..<2_000 {
            let start = starts.randomElement(using: &random) ?? []
            var bytes = Array(start.prefix(Int.random(in: 0...32, using: &random)))
            for _ in 0..<Int.random(in: 0...200, using: &random) {
                bytes.append(UInt8.random(in: 0...255, using: &random))
            }
            _ = try? RecordDecompressorTests.decompressed(bytes, codec, limit: 1 << 20)
        }
    }

    @Test("random changes of real streams never crash", arguments: Vectors.all.streams)
    func changes(vector: Vectors.Stream) throws {
        let codec = try #require(CompressionCodec(rawValue: vector.codec))
        var random = SeededGenerator.announced()
        let bytes = Vectors.bytes(vector.hex)
        for _ in 0..<500 {
            var changed = bytes
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                changed[Int.random(in: 0..<changed.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            if Bool.random(using: &random) {
                changed.removeSubrange(Int.random(in: 0..<changed.count, using: &random)...)
            }
            _ = try? RecordDecompressorTests.decompressed(changed, codec, limit: 1 << 20)
        }
    }

    @Test("a snappy block that announces gigabytes is refused before anything is allocated")
    func snappyAnnouncement() {
        let bytes: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0x00]
        #expect(throws: DecompressionError.self) { try RecordDecompressorTests.decompressed(bytes, .snappy) }
        // xerial, a block of -1 and one of 2^31-1 bytes
        let magic: [UInt8] = [0x82, 0x53, 0x4E, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1]
        #expect(throws: DecompressionError.malformed(.snappy, "a block of -1 bytes")) {
            try RecordDecompressorTests.decompressed(magic + [0xFF, 0xFF, 0xFF, 0xFF], .snappy)
        }
        #expect(throws: DecompressionError.truncated(.snappy)) {
            try RecordDecompressorTests.decompressed(magic + [0x7F, 0xFF, 0xFF, 0xFF, 0], .snappy)
        }
    }
}
