import FoundationEssentials
import Glibc
import Testing

@testable import weir

@Suite("Lines of files")
struct LineReaderTests {
    private static func withFile(_ text: String, _ body: (String) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "weir-lines-\(UInt64.random(in: 0 ... .max))")
            .path
        try Data(text.utf8).write(to: URL(filePath: path))
        defer { unlink(path) }
        try body(path)
    }

    private static func lines(_ reader: inout LineReader) throws -> [String] {
        var lines: [String] = []
        while let line = try reader.next() { lines.append(String(decoding: line, as: UTF8.self)) }
        return lines
    }

    private static func ahead(_ reader: borrowing LineReader) throws -> String {
        var bytes: [UInt8] = []
        try reader.readAhead { bytes += $0 }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test("a file that grows after it was opened is read as it was, ahead and line by line")
    func growing() throws {
        // More than one piece.
        let text = (0..<20_000).map { "line \($0)\n" }.joined()
        try Self.withFile(text) { path in
            var reader = try LineReader(path: path)
            let size = reader.byteCount
            #expect(size == text.utf8.count)
            let first = try reader.next()
            #expect(first.map { String(decoding: $0, as: UTF8.self) } == "line 0")
            let descriptor = open(path, O_WRONLY | O_APPEND)
            #expect(write(descriptor, "later\n", 6) == 6)
            close(descriptor)
            let ahead = try Self.ahead(reader)
            #expect(ahead == text)
            let lines = try Self.lines(&reader)
            #expect(lines.count == 19_999 && lines.last == "line 19999")
            let bytesRead = reader.bytesRead
            #expect(bytesRead == size)
        }
    }

    @Test("another file that takes the name after it was opened is not read")
    func replaced() throws {
        try Self.withFile("one\n") { path in
            try Self.withFile("another\n") { other in
                var reader = try LineReader(path: path)
                #expect(rename(other, path) == 0)
                let ahead = try Self.ahead(reader)
                let lines = try Self.lines(&reader)
                #expect(ahead == "one\n" && lines == ["one"])
            }
        }
    }

    @Test("a file that becomes shorter is told, and not taken for a whole one")
    func shorter() throws {
        try Self.withFile("one\ntwo\n") { path in
            var reader = try LineReader(path: path)
            #expect(truncate(path, 4) == 0)
            var message = ""
            do {
                _ = try Self.lines(&reader)
            } catch {
                message = "\(error)"
            }
            #expect(message.contains("has become shorter while it was read"), "\(message)")
        }
    }

    @Test("what is no regular file has no size, an empty one has no lines")
    func others() throws {
        var device = try LineReader(path: "/dev/null")
        let lines = try Self.lines(&device)
        let size = device.byteCount
        #expect(size == nil && lines.isEmpty)
        try Self.withFile("") { path in
            var reader = try LineReader(path: path)
            let lines = try Self.lines(&reader)
            let size = reader.byteCount
            #expect(size == 0 && lines.isEmpty)
        }
    }
}
