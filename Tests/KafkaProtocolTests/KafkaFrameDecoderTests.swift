import KafkaProtocol
import NIOCore
import TestSupport
import Testing

@Suite("Frames, contract §1")
struct KafkaFrameDecoderTests {
    @Test(
        "a length outside 8 to the limit is a fault as soon as its four bytes are there",
        arguments: [
            (8, nil),
            (100, nil),
            (7, .frameTooShort(length: 7, least: 8)),
            (0, .frameTooShort(length: 0, least: 8)),
            (-1, .frameTooShort(length: -1, least: 8)),
            (.min, .frameTooShort(length: -2_147_483_648, least: 8)),
            (101, .frameTooLarge(length: 101, limit: 100)),
            (.max, .frameTooLarge(length: 2_147_483_647, limit: 100)),
        ] as [(Int32, KafkaWireError.Code?)]
    )
    func lengths(length: Int32, fault: KafkaWireError.Code?) throws {
        var decoder = KafkaFrameDecoder(frameBytesMax: 100)
        decoder.append(ByteBuffer(integer: length))
        guard let fault else {
            #expect(try decoder.next() == nil)
            decoder.append(ByteBuffer(repeating: 7, count: Int(length)))
            #expect(try decoder.next() == ByteBuffer(repeating: 7, count: Int(length)))
            return
        }
        let error = KafkaWireError(fault, at: 0)
        #expect(throws: error) { try decoder.next() }
        decoder.append(ByteBuffer(hex: "00000008 0000000000000000"))
        #expect(throws: error, "it stays") { try decoder.next() }
        #expect(decoder.bufferedBytes == 0)
    }

    @Test(
        "what the next frame states is told as soon as its bytes are there",
        arguments: [
            ("", nil, nil), ("000000", nil, nil), ("00000009", 9, nil), ("0000000900", 9, nil),
            ("00000009000c", 9, 12), ("00000009000c0003000000", 9, 12), ("ffffffffffff", -1, -1),
        ] as [(String, Int?, Int16?)]
    )
    func stated(stream: String, bytes: Int?, key: Int16?) {
        var decoder = KafkaFrameDecoder()
        decoder.append(ByteBuffer(hex: stream))
        #expect(decoder.statedBytes == bytes)
        #expect(decoder.statedKey == key)
    }

    @Test("the limit may be raised between frames")
    func limitRaised() throws {
        var decoder = KafkaFrameDecoder(frameBytesMax: 8)
        decoder.append(ByteBuffer(hex: "00000008 0000000000000001 00000009"))
        #expect(try decoder.next()?.bytes == hex("0000000000000001"))
        decoder.frameBytesMax = 9
        #expect(try decoder.next() == nil)
        decoder.append(ByteBuffer(hex: "000000000000000002"))
        #expect(try decoder.next()?.bytes == hex("000000000000000002"))
        #expect(try decoder.next() == nil)
    }

    @Test("however the stream is cut, the same frames come out, and nothing is held but what came")
    func cuts() throws {
        var random = SeededGenerator.announced("frames cut")
        for _ in 0..<200 {
            let sizes = (0..<Int.random(in: 1...8, using: &random)).map { _ in Int.random(in: 8...300, using: &random) }
            let frames = sizes.map { size in (0..<size).map { _ in UInt8.random(in: 0...255, using: &random) } }
            var stream = ByteBuffer()
            for frame in frames {
                stream.writeInteger(Int32(frame.count))
                stream.writeBytes(frame)
            }
            var decoder = KafkaFrameDecoder()
            var found: [[UInt8]] = []
            while stream.readableBytes > 0 {
                let most = min(stream.readableBytes, Bool.random(using: &random) ? 5 : 400)
                let slice = stream.readSlice(length: Int.random(in: 1...most, using: &random))
                let piece = try #require(slice)
                let held = decoder.bufferedBytes
                decoder.append(piece)
                #expect(decoder.bufferedBytes == held + piece.readableBytes)
                while let frame = try decoder.next() { found.append(frame.bytes) }
            }
            #expect(found == frames)
            #expect(decoder.bufferedBytes == 0)
        }
    }

    @Test("a frame is a slice of what was read, not a copy")
    func slice() throws {
        let read = ByteBuffer(hex: "00000008 0000000000000001")
        var decoder = KafkaFrameDecoder()
        decoder.append(read)
        let frame = try #require(try decoder.next())
        #expect(frame.isPart(of: read))
    }

    @Test("a header is read and the body left; an ApiVersions v3 header ends with tags")
    func headers() throws {
        let cases: [(frame: String, header: RequestHeader, rest: String)] = [
            ("0000 0008 00000007 ffff ffff", .init(key: 0, version: 8, correlationID: 7, clientID: nil), "ffff"),
            ("0012 0003 00000001 0002 6b63 00 01", .init(key: 18, version: 3, correlationID: 1, clientID: "kc"), "01"),
            (
                "0012 0003 00000001 0000 02 00 03 010203 05 00 01",
                .init(key: 18, version: 3, correlationID: 1, clientID: ""), "01"
            ),
            ("0012 0004 00000001 ffff 00 01", .init(key: 18, version: 4, correlationID: 1, clientID: nil), "0001"),
            ("0000 0009 00000001 ffff 00 01", .init(key: 0, version: 9, correlationID: 1, clientID: nil), "0001"),
            ("7fff 8000 80000000 ffff", .init(key: .max, version: .min, correlationID: .min, clientID: nil), ""),
        ]
        for (text, header, rest) in cases {
            var frame = ByteBuffer(hex: text)
            #expect(try RequestHeader(reading: &frame) == header, "\(text)")
            #expect(frame.bytes == hex(rest), "\(text)")
        }
    }

    @Test(
        "a header that does not fit is a fault",
        arguments: [
            ("0000 0008 00000007", KafkaWireError(.truncated, at: 8)),
            ("0000 0008 00000007 0001", KafkaWireError(.truncated, at: 10)),
            ("0000 0008 00000007 fffe", KafkaWireError(.negativeLength(-2), at: 8)),
            ("0000 0008 00000007 0001 ff", KafkaWireError(.malformedString, at: 10)),
            ("0012 0003 00000007 ffff", KafkaWireError(.truncated, at: 10)),
            ("0012 0003 00000007 ffff ffffffff0f", KafkaWireError(.truncated, at: 15)),
            ("0012 0003 00000007 ffff 01 00 ffffffff0f", KafkaWireError(.truncated, at: 17)),
            ("0012 0003 00000007 ffff ffffffff10", KafkaWireError(.malformedVarint, at: 10)),
            ("0012 0003 00000007 ffff 8080808080 00", KafkaWireError(.malformedVarint, at: 10)),
        ]
    )
    func malformedHeader(text: String, error: KafkaWireError) {
        var frame = ByteBuffer(hex: text)
        #expect(throws: error) { try RequestHeader(reading: &frame) }
    }
}
