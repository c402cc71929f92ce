import TelemetryModel
import Testing

@Suite("fields of a checkpoint")
struct StateTests {
    @Test("what was written is read back bit for bit, in little-endian bytes")
    func bothWays() throws {
        var writer = StateWriter()
        writer.write(UInt64.max)
        writer.write(Int64.min)
        writer.write(-2)
        writer.write(-0.0)
        writer.write(Double.nan)
        writer.write(true)
        writer.write(false)
        writer.write(Array("ab".utf8))
        writer.write([1.5, .infinity])
        #expect(
            writer.bytes.prefix(24).elementsEqual([
                255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 128, 254, 255, 255, 255, 255, 255, 255,
                255,
            ])
        )
        var reader = StateReader(writer.bytes)
        #expect(try reader.readUInt64() == .max)
        #expect(try reader.readInt64() == .min)
        #expect(try reader.readInt64() == -2)
        #expect(try reader.readDouble().bitPattern == (-0.0).bitPattern)
        #expect(try reader.readDouble().isNaN)
        #expect(try reader.readBool())
        #expect(try !reader.readBool())
        #expect(try reader.readBytes() == Array("ab".utf8))
        #expect(!reader.isAtEnd)
        #expect(try reader.readDoubles() == [1.5, .infinity])
        #expect(reader.isAtEnd)
    }

    @Test("bytes that end too early are a fault at the place, never a trap")
    func cut() {
        var writer = StateWriter()
        writer.write(7)
        writer.write([1.0, 2.0])
        for length in 0..<writer.bytes.count {
            #expect(throws: StateReader.Fault(offset: length < 8 ? 0 : length < 16 ? 8 : 16)) {
                var reader = StateReader(Array(writer.bytes[..<length]))
                _ = try reader.readInt64()
                _ = try reader.readDoubles()
            }
        }
    }

    @Test(
        "a count that the rest cannot hold is a fault, so nobody reserves memory for it",
        arguments: [(-1, false), (0, true), (2, true), (3, false), (.max, false), (.min, false)] as [(Int64, Bool)]
    )
    func counts(count: Int64, isRead: Bool) {
        var writer = StateWriter()
        writer.write(count)
        writer.write(0)
        writer.write(0)
        var reader = StateReader(writer.bytes)
        #expect(((try? reader.readCount(ofSize: 8)) != nil) == isRead)
    }

    @Test("a truth value is 0 or 1")
    func truth() {
        var reader = StateReader([2])
        #expect(throws: StateReader.Fault(offset: 0)) { try reader.readBool() }
    }
}
