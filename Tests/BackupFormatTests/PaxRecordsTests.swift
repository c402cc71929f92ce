import BackupFormat
import Testing

@Suite("pax records")
struct PaxRecordsTests {
    @Test(
        "a line counts its own digits, at both sides of where they become more",
        arguments: [1, 88, 89, 90, 91, 988, 989, 990]
    )
    func lengths(length: Int) throws {
        var records = PaxRecords()
        records.path = String(repeating: "p", count: length)
        let text = String(decoding: records.bytes, as: UTF8.self)
        #expect(Int(text.prefix { $0 != " " }) == text.utf8.count)
        #expect(try PaxRecords(reading: records.bytes) == records)
    }

    @Test("GNU tar's record for a path of 251 bytes is read, others are passed over")
    func gnu() throws {
        let path = String(repeating: "d", count: 120) + "/" + String(repeating: "f", count: 130)
        let records = try PaxRecords(reading: Array("20 mtime=1795000000\n261 path=\(path)\n".utf8))
        #expect(records.path == path)
        #expect(records.size == nil)
    }

    @Test(
        "anything else is no record",
        arguments: [
            "5 a=b", "4 a=b\n", "7 a=b\n", "x a=b\n", "6 a b \n", "-6 a=b\n", "6a=b\n", "11 size=12x\n",
            "99999999999999999999 a=b\n",
        ]
    )
    func malformed(text: String) {
        #expect(throws: TarError.notAnArchive) { try PaxRecords(reading: Array(text.utf8)) }
    }
}
