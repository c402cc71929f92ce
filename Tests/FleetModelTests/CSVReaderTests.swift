import FleetModel
import Testing

@Suite("CSV, RFC 4180")
struct CSVReaderTests {
    /// What a file reads as: `[a|b]` per row, `!line fault` per fault.
    static func read(_ bytes: [UInt8], pieceSize: Int) -> [String] {
        var reader = CSVReader()
        var row = CSVRow()
        var rest = bytes[...]
        var out = [String]()
        while true {
            switch reader.next(into: &row) {
            case .row: out.append("\(row.line)[" + row.texts.joined(separator: "|") + "]")
            case .malformed(let line, let fault): out.append("\(line)!\(fault)")
            case .needsMore:
                if rest.isEmpty {
                    reader.finish()
                } else {
                    reader.append(rest.prefix(pieceSize))
                    rest = rest.dropFirst(pieceSize)
                }
            case .end: return out
            }
        }
    }

    @Test(
        "files are read into rows, whatever the pieces they come in",
        arguments: [
            ("", []),
            ("a,b\n1,2\n", ["1[a|b]", "2[1|2]"]),
            ("a,b\n1,2", ["1[a|b]", "2[1|2]"]),
            ("a,b\r\n1,2\r\n", ["1[a|b]", "2[1|2]"]),
            ("a,b\r\n1,2\r", ["1[a|b]", "2[1|2]"]),
            ("a\rb,c\n", ["1[a\rb|c]"]),
            ("a,,\n,,\n", ["1[a||]", "2[||]"]),
            ("\n\na\n\r\n\nb\n", ["3[a]", "6[b]"]),
            ("\"\"\na\n", ["1[]", "2[a]"]),
            ("\"a,b\",c\n", ["1[a,b|c]"]),
            ("\"a\"\"b\",\"\"\n", ["1[a\"b|]"]),
            ("\"a\nb\",c\nd,e\n", ["1[a\nb|c]", "3[d|e]"]),
            ("\"a\r\nb\"\r\nc", ["1[a\r\nb]", "3[c]"]),
            ("a\"b,c\n", ["1[a\"b|c]"]),
            ("\u{FEFF}a,b\n", ["1[a|b]"]),
            ("\u{FEFF}", []),
            ("é,ü\n", ["1[é|ü]"]),
            ("a\n\"b\"c,d\ne\n", ["1[a]", "2!there is text between a closing quote and the next comma", "3[e]"]),
            ("a\n\"b\nc\nd", ["1[a]", "2!a quoted field has no closing quote", "3[c]", "4[d]"]),
            ("\"", ["1!a quoted field has no closing quote"]),
        ]
    )
    func table(text: String, expected: [String]) {
        for pieceSize in 1...max(1, text.utf8.count) {
            #expect(CSVReaderTests.read(Array(text.utf8), pieceSize: pieceSize) == expected, "pieces of \(pieceSize)")
        }
    }

    @Test(
        "a row of exactly the limit is read, one byte more is a fault, and reading goes on",
        arguments: ["\n", "\r\n"]
    )
    func limit(lineEnd: String) {
        let longest = String(repeating: "x", count: CSVReader.rowBytesMax)
        let fault = "1!the row is longer than 65536 bytes"
        for pieceSize in [1_000, 65_536, 65_537, 1_000_000] {
            let fits = CSVReaderTests.read(Array("\(longest)\(lineEnd)b\(lineEnd)".utf8), pieceSize: pieceSize)
            #expect(fits.map(\.utf8.count) == [longest.utf8.count + 3, 4])
            let long = CSVReaderTests.read(Array("\(longest)x\(lineEnd)b\(lineEnd)".utf8), pieceSize: pieceSize)
            #expect(long == [fault, "2[b]"])
            #expect(CSVReaderTests.read(Array("\(longest)x".utf8), pieceSize: pieceSize) == [fault])
            #expect(CSVReaderTests.read(Array(longest.utf8), pieceSize: pieceSize).count == 1)
        }
    }

    @Test("a stray quote costs its own line, not the file")
    func strayQuote() {
        let lines = (1...20_000).map { $0 == 3 ? "\"stray,1" : "value,\($0)" }
        let rows = CSVReaderTests.read(Array(lines.joined(separator: "\n").utf8), pieceSize: 65_536)
        #expect(rows.count == 20_000)
        #expect(rows[2] == "3!a quoted field has no closing quote")
        #expect(rows[3] == "4[value|4]")
        #expect(rows[19_999] == "20000[value|20000]")
    }

    @Test("random bytes never crash it, and give the same rows in pieces as at once")
    func fuzz() {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("CSVReader fuzz seed \(seed)")
        var random = SplitMix64(seed: seed)
        let alphabet = Array("a1,,\"\"\n\r\u{FEFF}".utf8)
        for _ in 0..<3_000 {
            let bytes = (0..<Int.random(in: 0...60, using: &random)).map { _ in
                alphabet.randomElement(using: &random) ?? 0
            }
            let whole = CSVReaderTests.read(bytes, pieceSize: 100)
            let pieceSize = Int.random(in: 1...7, using: &random)
            #expect(CSVReaderTests.read(bytes, pieceSize: pieceSize) == whole, "seed \(seed), bytes \(bytes)")
        }
    }
}
