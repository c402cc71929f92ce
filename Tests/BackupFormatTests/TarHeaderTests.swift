import BackupFormat
import TestSupport
import Testing

@Suite("tar headers, POSIX.1-2017 ustar and pax")
struct TarHeaderTests {
    /// What `tar --format=ustar --owner=0 --group=0 --numeric-owner --mtime=@1795000000 --mode=600` of GNU makes of a
    /// file `a.txt` with five bytes.
    static let gnuBlock: [UInt8] = {
        var block = [UInt8](repeating: 0, count: 512)
        for (index, text) in [
            (0, "a.txt"), (100, "0000600"), (108, "0000000"), (116, "0000000"), (124, "00000000005"),
            (136, "15277303300"), (148, "010212\u{0} "), (156, "0"), (257, "ustar\u{0}00"), (329, "0000000"),
            (337, "0000000"),
        ] {
            block.replaceSubrange(index..<(index + text.utf8.count), with: text.utf8)
        }
        return block
    }()

    @Test("a file's header is byte for byte GNU tar's, and read back")
    func gnu() throws {
        let header = TarHeader(name: "a.txt", mode: 0o600, size: 5, modified: 1_795_000_000)
        #expect(header.blocks == TarHeaderTests.gnuBlock)
        #expect(try TarHeader(reading: TarHeaderTests.gnuBlock) == header)
    }

    @Test("zeros end the archive, fewer bytes than a block are a cut one")
    func ends() throws {
        #expect(try TarHeader(reading: [UInt8](repeating: 0, count: 512)) == nil)
        #expect(throws: TarError.truncated) { try TarHeader(reading: [UInt8](repeating: 0, count: 511)) }
    }

    @Test(
        "names fit in one block as long as ustar's fields allow, longer ones get a pax header",
        arguments: [(100, 1), (101, 3), (256, 3)]
    )
    func longName(length: Int, blocks: Int) throws {
        let name = String(repeating: "n", count: length)
        let bytes = TarHeader(name: name, mode: 0o600, size: 1, modified: 0).blocks
        #expect(bytes.count == blocks * 512)
        #expect(try TarHeaderTests.read(bytes).name == name)
    }

    @Test(
        "a path is split at a slash between prefix and name",
        arguments: [(155, 100, 1), (156, 100, 3), (155, 101, 3), (1, 100, 1)]
    )
    func prefix(prefixLength: Int, nameLength: Int, blocks: Int) throws {
        let path = String(repeating: "p", count: prefixLength) + "/" + String(repeating: "n", count: nameLength)
        let bytes = TarHeader(name: path, mode: 0o600, size: 1, modified: 0).blocks
        #expect(bytes.count == blocks * 512)
        #expect(try TarHeaderTests.read(bytes).name == path)
    }

    @Test("sizes of 8 GiB and more are in a pax header", arguments: [(8_589_934_591, 1), (8_589_934_592, 3)])
    func largeSize(size: UInt64, blocks: Int) throws {
        let bytes = TarHeader(name: "a", mode: 0o600, size: size, modified: 0).blocks
        #expect(bytes.count == blocks * 512)
        #expect(try TarHeaderTests.read(bytes).size == size)
    }

    @Test("contents are filled up to a block's end", arguments: [(0, 0), (1, 511), (511, 1), (512, 0), (513, 511)])
    func padding(size: UInt64, padding: Int) {
        #expect(TarHeader.padding(after: size) == padding)
    }

    @Test("a flipped byte anywhere in a header is noticed")
    func flips() {
        for index in TarHeaderTests.gnuBlock.indices {
            var block = TarHeaderTests.gnuBlock
            block[index] ^= 0x01
            let header = try? TarHeader(reading: block)
            #expect(header == nil, "byte \(index)")
        }
    }

    @Test("random blocks and pax records never crash the readers")
    func fuzz() {
        var random = SeededGenerator.announced()
        for _ in 0..<2_000 {
            var block = TarHeaderTests.gnuBlock
            for _ in 0..<Int.random(in: 0...20, using: &random) {
                block[Int.random(in: 0..<512, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            _ = try? TarHeader(reading: block)
            var records = Array("27 path=log/telemetry/0000\n12 size=123\n".utf8)
            for _ in 0..<Int.random(in: 0...6, using: &random) {
                records[Int.random(in: 0..<records.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            _ = try? PaxRecords(reading: Array(records.prefix(Int.random(in: 0...records.count, using: &random))))
        }
    }

    /// Reads what ``TarHeader/blocks`` writes, a pax header before it included.
    static func read(_ bytes: [UInt8]) throws -> TarHeader {
        var header = try #require(try TarHeader(reading: Array(bytes.prefix(512))))
        guard header.kind == .extended else { return header }
        let records = try PaxRecords(reading: Array(bytes[512..<(512 + Int(header.size))]))
        header = try #require(try TarHeader(reading: Array(bytes.suffix(512))))
        header.name = records.path ?? header.name
        header.size = records.size ?? header.size
        return header
    }
}
