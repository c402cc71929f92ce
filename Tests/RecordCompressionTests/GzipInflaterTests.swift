import RecordCompression
import TestSupport
import Testing

@Suite("gzip, RFC 1952")
struct GzipInflaterTests {
    static func inflate(_ bytes: [UInt8], pieceSize: Int, outputBytes: Int = 65_536) throws -> String {
        let inflater = try GzipInflater(pieceBytes: outputBytes)
        var text = [UInt8]()
        var rest = bytes[...]
        while !rest.isEmpty {
            try inflater.inflate(Array(rest.prefix(pieceSize))) { text += $0 }
            rest = rest.dropFirst(pieceSize)
        }
        try inflater.finish()
        return String(decoding: text, as: UTF8.self)
    }

    @Test("a file is inflated, whatever the pieces it comes in and goes out in")
    func pieces() throws {
        for pieceSize in 1...GzipSamples.small.count {
            for outputBytes in [1, 2, 7, 65_536] {
                let text = try GzipInflaterTests.inflate(
                    GzipSamples.small,
                    pieceSize: pieceSize,
                    outputBytes: outputBytes
                )
                #expect(text == GzipSamples.smallText, "pieces of \(pieceSize) and \(outputBytes)")
            }
        }
    }

    @Test("several members are one file, zeros behind the last are padding")
    func members() throws {
        let twice = GzipSamples.small + GzipSamples.small + [UInt8](repeating: 0, count: 512)
        for pieceSize in [1, 10, 43, 44, 1_000] {
            #expect(
                try GzipInflaterTests.inflate(twice, pieceSize: pieceSize)
                    == GzipSamples.smallText + GzipSamples.smallText
            )
        }
    }

    @Test("a file cut at any byte is told, and one with any byte flipped never crashes")
    func damaged() throws {
        for length in 1..<GzipSamples.small.count {
            let cut = Array(GzipSamples.small.prefix(length))
            #expect(throws: GzipInflater.Fault.truncated, "cut at \(length)") {
                try GzipInflaterTests.inflate(cut, pieceSize: 100)
            }
        }
        for index in GzipSamples.small.indices {
            var flipped = GzipSamples.small
            flipped[index] ^= 0xFF
            _ = try? GzipInflaterTests.inflate(flipped, pieceSize: 100)  // any result but a trap
        }
        var wrongSum = GzipSamples.small
        wrongSum[36] ^= 1
        #expect(throws: GzipInflater.Fault.self) { try GzipInflaterTests.inflate(wrongSum, pieceSize: 100) }
    }

    @Test("random bytes behind a gzip header never crash it")
    func fuzz() throws {
        var random = SeededGenerator.announced()
        for _ in 0..<2_000 {
            let tail = (0..<Int.random(in: 0...200, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            _ = try? GzipInflaterTests.inflate(Array(GzipSamples.small.prefix(10)) + tail, pieceSize: 64)
        }
    }
}
