import EdgeCore
import SensorKit
import Testing

@Suite("the spool's files, byte by byte")
struct SpoolFormatTests {
    private let reading = SpooledReading(
        number: 258,
        reading: Reading(kind: .health, instant: BootInstant(milliseconds: 1_000), body: Array("ab}".utf8)),
        begins: true,
        wasSent: true
    )

    @Test(
        "the checksum is CRC-32C",
        arguments: [("123456789", 0xE306_9283), ("", 0), ("a", 0xC1D0_4330)] as [(String, UInt32)]
    )
    func checksum(text: String, expected: UInt32) {
        #expect(CRC32C.of(Array(text.utf8), in: 0..<text.utf8.count) == expected)
    }

    @Test("the checksum of RFC 3720 B.4: 32 bytes of zeros, of ones, rising")
    func vectors() {
        #expect(CRC32C.of([UInt8](repeating: 0, count: 32), in: 0..<32) == 0x8A91_36AA)
        #expect(CRC32C.of([UInt8](repeating: 0xFF, count: 32), in: 0..<32) == 0x62A8_AB43)
        #expect(CRC32C.of(Array(0..<32), in: 0..<32) == 0x46DD_794E)
    }

    @Test("names of files, and none of others")
    func names() {
        #expect(SpoolFormat.name(of: 42) == "0000000000000042.seg")
        #expect(SpoolFormat.segment(named: "0000000000000042.seg") == 42)
        for name in ["42.seg", "0000000000000042.seg.new", "..", "lock", "-000000000000042.seg"] {
            #expect(SpoolFormat.segment(named: name) == nil, "\(name)")
        }
    }

    @Test("a header as the layout draws it")
    func header() {
        let header = SpoolHeader(segment: 5, epoch: 7, boot: BootID(high: 1, low: 2), offset: -3)
        let bytes = header.bytes
        #expect(bytes.count == SpoolFormat.headerBytes)
        #expect(Array(bytes.prefix(8)) == Array("WEIRSPL".utf8) + [1])
        #expect(bytes[8] == 5 && bytes[16] == 7 && bytes[24] == 1 && bytes[32] == 2 && bytes[40] == 0xFD)
        #expect(SpoolHeader(bytes) == header)
        let undated = SpoolHeader(segment: 5, epoch: 7, boot: BootID(high: 1, low: 2), offset: nil)
        #expect(SpoolHeader(undated.bytes) == undated)
    }

    @Test("a header with any bit changed, or cut, is none")
    func damagedHeader() {
        let bytes = SpoolHeader(segment: 5, epoch: 7, boot: BootID(high: 1, low: 2), offset: 3).bytes
        for bit in 0..<bytes.count * 8 {
            var damaged = bytes
            damaged[bit / 8] ^= 1 << (bit % 8)
            #expect(SpoolHeader(damaged) == nil, "bit \(bit)")
        }
        #expect(SpoolHeader(Array(bytes.dropLast())) == nil)
        #expect(SpoolHeader([]) == nil)
    }

    @Test("a reading's record as the layout draws it")
    func record() {
        var bytes: [UInt8] = []
        SpoolRecord.append(self.reading, to: &bytes)
        let rest: [UInt8] = [19, 0, 1, 0x13, 2, 1, 0, 0, 0, 0, 0, 0, 0xE8, 3, 0, 0, 0, 0, 0, 0, 0x61, 0x62, 0x7D]
        #expect(Array(bytes.dropFirst(4)) == rest)
        let read = SpoolRecord.read(bytes, at: 0)
        #expect(read?.record == .reading(self.reading) && read?.length == bytes.count)
    }

    @Test("a record with any bit changed, or cut, is none")
    func damagedRecord() {
        var bytes: [UInt8] = []
        SpoolRecord.append(self.reading, to: &bytes)
        for bit in 0..<bytes.count * 8 {
            var damaged = bytes
            damaged[bit / 8] ^= 1 << (bit % 8)
            #expect(SpoolRecord.read(damaged, at: 0) == nil, "bit \(bit)")
        }
        for count in 0..<bytes.count { #expect(SpoolRecord.read(Array(bytes.prefix(count)), at: 0) == nil) }
    }

    @Test("dropped ranges are read back, the last 256 of more")
    func dropped() {
        let ranges = (0..<300).map { ReadingRange(epoch: 3, first: UInt64($0) * 10, last: UInt64($0) * 10 + 2) }
        var bytes: [UInt8] = []
        SpoolRecord.append(dropped: ranges, to: &bytes)
        #expect(SpoolRecord.read(bytes, at: 0)?.record == .dropped(Array(ranges.suffix(256))))
    }

    @Test("damage between records is stepped over, a torn end is measured")
    func scan() {
        var bytes: [UInt8] = []
        SpoolRecord.append(self.reading, to: &bytes)
        let length = bytes.count
        bytes += [1, 2, 3, 4, 5]
        SpoolRecord.append(self.reading, to: &bytes)
        bytes += [9, 9, 9]
        var scanner = SegmentScanner(bytes, from: 0)
        #expect(scanner.next() == .record(.reading(self.reading)))
        #expect(scanner.next() == .damage(bytes: 5))
        #expect(scanner.next() == .record(.reading(self.reading)))
        #expect(scanner.offset == 2 * length + 5)
        #expect(scanner.next() == nil)
        #expect(scanner.tornBytes == 3)
        #expect(scanner.next() == nil)
    }

    @Test("whatever the bytes are, scanning them ends, and finds only what was written")
    func noise() {
        var random = SplitMix64(seed: 0x5C4E)
        for _ in 0..<300 {
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 0...8, using: &random) { SpoolRecord.append(self.reading, to: &bytes) }
            for _ in 0..<Int.random(in: 0...6, using: &random) where !bytes.isEmpty {
                let index = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: index)
                default: bytes.insert(UInt8.random(in: 0...255, using: &random), at: index)
                }
            }
            var scanner = SegmentScanner(bytes, from: 0)
            while let item = scanner.next() {
                if case .record(let record) = item { #expect(record == .reading(self.reading)) }
            }
        }
    }
}
