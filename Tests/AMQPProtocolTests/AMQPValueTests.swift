import NIOCore
import TestSupport
import Testing

@testable import AMQPProtocol

@Suite("Types, AMQP 1.0 part 1")
struct AMQPValueTests {
    @Test(
        "every encoding of every primitive type is read [1.6]",
        arguments: [
            ("40", .null),
            ("41", .boolean(true)),
            ("42", .boolean(false)),
            ("56 01", .boolean(true)),
            ("56 00", .boolean(false)),
            ("50 ff", .ubyte(255)),
            ("60 ffff", .ushort(65_535)),
            ("70 ffffffff", .uint(.max)),
            ("52 ff", .uint(255)),
            ("43", .uint(0)),
            ("80 ffffffffffffffff", .ulong(.max)),
            ("53 10", .ulong(16)),
            ("44", .ulong(0)),
            ("51 80", .byte(-128)),
            ("61 8000", .short(-32_768)),
            ("71 80000000", .int(.min)),
            ("54 ff", .int(-1)),
            ("81 8000000000000000", .long(.min)),
            ("55 80", .long(-128)),
            ("72 3fc00000", .float(1.5)),
            ("82 bff8000000000000", .double(-1.5)),
            ("74 22500001", .decimal32(0x2250_0001)),
            ("84 2234000000000001", .decimal64(0x2234_0000_0000_0001)),
            ("94 22080000000000000000000000000001", .decimal128(0x2208_0000_0000_0000_0000_0000_0000_0001)),
            ("73 0001f600", .char("😀")),
            ("83 0000019aaaaaaaaa", .timestamp(0x0000_019A_AAAA_AAAA)),
            ("98 00112233445566778899aabbccddeeff", .uuid(0x0011_2233_4455_6677_8899_AABB_CCDD_EEFF)),
            ("a0 02 0102", .binary(ByteBuffer(bytes: [1, 2]))),
            ("b0 00000002 0102", .binary(ByteBuffer(bytes: [1, 2]))),
            ("a1 02 c3a9", .string("é")),
            ("b1 00000002 c3a9", .string("é")),
            ("a3 03 616263", .symbol("abc")),
            ("b3 00000003 616263", .symbol("abc")),
            ("45", .list([])),
            ("c0 01 00", .list([])),
            ("c0 04 02 43 5207", .list([.uint(0), .uint(7)])),
            ("d0 00000007 00000002 43 5207", .list([.uint(0), .uint(7)])),
            ("c1 07 02 a10161 a10162", .map([AMQPMapEntry(.string("a"), .string("b"))])),
            ("d1 0000000a 00000002 a10161 a10162", .map([AMQPMapEntry(.string("a"), .string("b"))])),
            ("e0 06 02 a3 0161 0162", .array([.symbol("a"), .symbol("b")])),
            ("f0 0000000d 00000002 70 00000001 00000002", .array([.uint(1), .uint(2)])),
            ("e0 02 03 41", .array([.boolean(true), .boolean(true), .boolean(true)])),
            ("e0 0a 02 e0 03 01 50 07 03 01 50 08", .array([.array([.ubyte(7)]), .array([.ubyte(8)])])),
            ("00 53 24 45", .described(descriptor: .ulong(0x24), value: .list([]))),
            (
                "00 a3 01 78 00 44 40",
                .described(descriptor: .symbol("x"), value: .described(descriptor: .ulong(0), value: .null))
            ),
            (
                "e0 06 01 00 5375 50 09",
                .array([.described(descriptor: .ulong(0x75), value: .ubyte(9))])
            ),
        ] as [(String, AMQPValue)]
    )
    func reading(hex: String, expected: AMQPValue) throws {
        var reader = AMQPReader(ByteBuffer(hex: hex))
        #expect(try reader.value() == expected)
        #expect(reader.isAtEnd)
    }

    @Test(
        "bytes that are no value are refused, before anything is allocated for what they state",
        arguments: [
            ("", .truncated, 0),
            ("70 000000", .truncated, 1),
            ("99", .unknownFormatCode(0x99), 0),
            ("57 01", .unknownFormatCode(0x57), 0),
            ("56 02", .malformedBoolean(2), 1),
            ("73 0000d800", .malformedChar, 1),
            ("73 00110000", .malformedChar, 1),
            ("a0 03 0102", .truncated, 2),
            ("b0 ffffffff 0102", .truncated, 5),
            ("a1 02 c3c3", .malformedString, 2),
            ("a3 01 80", .malformedSymbol, 2),
            ("c0 05 01 43", .truncated, 0),
            ("c0 00 43", .truncated, 2),
            ("c0 03 01 43 43", .sizeMismatch, 0),
            ("c0 01 01 43", .countOverBytesLeft(count: 1, bytes: 0), 3),
            ("c0 02 02 43", .countOverBytesLeft(count: 2, bytes: 1), 3),
            ("d0 00000005 00002710 43", .countOverBytesLeft(count: 10_000, bytes: 1), 9),
            ("d0 00000005 00002711 43", .tooManyElements(limit: 10_000), 9),
            ("d0 00000005 ffffffff 43", .tooManyElements(limit: 10_000), 9),
            ("c1 02 01 43", .oddMap(count: 1), 3),
            ("c1 05 04 43 40 43 40", .repeatedKey, 3),
            ("f0 00000005 ffffffff 41", .tooManyElements(limit: 10_000), 10),
            ("f0 00000005 00002711 43", .tooManyElements(limit: 10_000), 10),
            ("e0 03 02 50 01", .countOverBytesLeft(count: 2, bytes: 1), 4),
            ("e0 02 01 99", .unknownFormatCode(0x99), 3),
            ("e0 01 00", .truncated, 3),
            ("00 53", .truncated, 2),
        ] as [(String, AMQPWireError.Code, Int)]
    )
    func hostile(hex: String, code: AMQPWireError.Code, offset: Int) {
        #expect(throws: AMQPWireError(code, at: offset)) {
            var reader = AMQPReader(ByteBuffer(hex: hex))
            _ = try reader.value()
        }
    }

    @Test("an array of 10,000 elements that take no bytes is read, a second one of one element not")
    func emptyElements() throws {
        var reader = AMQPReader(ByteBuffer(hex: "f0 00000005 00002710 43" + "e0 02 01 43"))
        #expect(try reader.value() == .array(Array(repeating: .uint(0), count: 10_000)))
        #expect(throws: AMQPWireError(.tooManyElements(limit: 10_000), at: 14)) { try reader.value() }
    }

    @Test(
        "values are nested 16 deep and no deeper, whatever nests them",
        arguments: [
            ("list", [0xC0, 0x00, 0x01], 0x40), ("described", [0x00, 0x44], 0x40), ("descriptor", [0x00], 0x40),
        ] as [(String, [UInt8], UInt8)]
    )
    func depth(name: String, opening: [UInt8], innermost: UInt8) throws {
        func bytes(levels: Int) -> ByteBuffer {
            var bytes: [UInt8] = [innermost]
            for _ in 1..<levels {
                switch name {
                case "list": bytes = [0xC0, UInt8(bytes.count + 1), 1] + bytes
                case "described": bytes = opening + bytes
                default: bytes = opening + bytes + [0x40]
                }
            }
            return ByteBuffer(bytes: bytes)
        }
        var reader = AMQPReader(bytes(levels: 16))
        _ = try reader.value()
        var deeper = AMQPReader(bytes(levels: 17))
        #expect {
            try deeper.value()
        } throws: {
            ($0 as? AMQPWireError)?.code == .tooDeep(limit: 16)
        }
        let thousands = ByteBuffer(bytes: [UInt8](repeating: 0x00, count: 60_000))
        var deepest = AMQPReader(thousands)
        #expect(throws: AMQPWireError.self) { try deepest.value() }
    }

    @Test(
        "values are written in their shortest encoding",
        arguments: [
            (.null, "40"),
            (.boolean(true), "41"),
            (.uint(0), "43"),
            (.uint(255), "52ff"),
            (.uint(256), "7000000100"),
            (.ulong(0), "44"),
            (.ulong(255), "53ff"),
            (.ulong(256), "800000000000000100"),
            (.int(-128), "5480"),
            (.int(-129), "71ffffff7f"),
            (.long(127), "557f"),
            (.long(128), "810000000000000080"),
            (.string("é"), "a102c3a9"),
            (.symbol("MSSBCBS"), "a3074d535342434253"),
            (.list([]), "45"),
            (.list([.uint(7)]), "d000000006000000015207"),
            (.array([.symbol("a")]), "f00000000a00000001b30000000161"),
            (.array([]), "f0000000050000000040"),
            (.described(descriptor: .ulong(0x24), value: .list([])), "00532445"),
        ] as [(AMQPValue, String)]
    )
    func writing(value: AMQPValue, hex: String) {
        var buffer = ByteBuffer()
        value.write(to: &buffer)
        #expect(buffer.hex == hex)
    }

    @Test(
        "a string of 255 bytes has a length of one byte, one of 256 of four",
        arguments: [(255, "a1ff"), (256, "b100000100")]
    )
    func lengths(count: Int, prefix: String) {
        var buffer = ByteBuffer()
        AMQPValue.string(String(repeating: "x", count: count)).write(to: &buffer)
        #expect(buffer.hex.hasPrefix(prefix))
    }

    @Test("any value that is written is read again, the same")
    func roundTrip() throws {
        var random = SeededGenerator.announced()
        for _ in 0..<3_000 {
            let value = AMQPValue.random(depth: 0, using: &random)
            var buffer = ByteBuffer()
            value.write(to: &buffer)
            var reader = AMQPReader(buffer)
            #expect(try reader.value() == value)
            #expect(reader.isAtEnd)
        }
    }

    @Test("random bytes, and valid ones with a few bytes changed, are read or refused, never more")
    func fuzz() {
        var random = SeededGenerator.announced()
        for round in 0..<30_000 {
            var bytes: [UInt8]
            if round.isMultiple(of: 3) {
                bytes = (0..<Int.random(in: 0...64, using: &random)).map { _ in .random(in: 0...255, using: &random) }
            } else {
                var buffer = ByteBuffer()
                AMQPValue.random(depth: 0, using: &random).write(to: &buffer)
                bytes = Array(buffer.readableBytesView)
                for _ in 0..<Int.random(in: 1...3, using: &random) {
                    guard let index = bytes.indices.randomElement(using: &random) else { break }
                    bytes[index] = .random(in: 0...255, using: &random)
                }
                if Bool.random(using: &random) { bytes.removeLast(Int.random(in: 0...bytes.count, using: &random)) }
            }
            var reader = AMQPReader(ByteBuffer(bytes: bytes))
            guard let value = try? reader.value() else { continue }
            // What was read can be written and read again, except that a NaN equals nothing.
            var again = ByteBuffer()
            value.write(to: &again)
            var second = AMQPReader(again)
            var third = ByteBuffer()
            (try? second.value())?.write(to: &third)
            #expect(third == again)
        }
    }
}
