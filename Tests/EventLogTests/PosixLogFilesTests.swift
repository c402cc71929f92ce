import EventLog
import Foundation
import Glibc
import Testing

@Suite("Files replaced as a whole on the real file system")
struct PosixLogFilesTests {
    private let folder: TemporaryFolder

    init() throws {
        self.folder = try TemporaryFolder()
    }

    private var file: String { "\(self.folder.path)/state" }

    private var names: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: self.folder.path).sorted() }
    }

    private func bytes() throws -> [UInt8] {
        Array(try #require(FileManager.default.contents(atPath: self.file)))
    }

    private func mode(_ path: String) -> mode_t {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & 0o777 : 0
    }

    @Test("a file is made and replaced, also by a shorter and an empty one, and nothing is left beside it")
    func replaced() throws {
        let contents: [[UInt8]] = [Array("first".utf8), [UInt8](repeating: 7, count: 3 << 20), [1], []]
        for content in contents {
            try PosixLogFiles.replaceDurably(path: self.file, with: content)
            #expect(try self.bytes() == content)
            #expect(try self.names == ["state"])
        }
    }

    @Test("the file has the asked permission bits, also where a crash had left an unfinished one with others")
    func permissionBits() throws {
        #expect(FileManager.default.createFile(atPath: self.file + ".new", contents: Data("old and longer".utf8)))
        #expect(chmod(self.file + ".new", 0o666) == 0)
        try PosixLogFiles.replaceDurably(path: self.file, with: [1], mode: 0o600)
        #expect(self.mode(self.file) == 0o600)
        #expect(try self.bytes() == [1])
    }

    @Test("a file that cannot be replaced is an error with the call and the path, and nothing is left beside it")
    func refused() throws {
        try FileManager.default.createDirectory(atPath: self.file, withIntermediateDirectories: false)
        #expect(throws: LogFileError(operation: "rename", path: self.file + ".new", errno: EISDIR)) {
            try PosixLogFiles.replaceDurably(path: self.file, with: [1])
        }
        #expect(try self.names == ["state"])
        let missing = "\(self.folder.path)/missing/state"
        #expect(throws: LogFileError(operation: "open", path: missing + ".new", errno: ENOENT)) {
            try PosixLogFiles.replaceDurably(path: missing, with: [1])
        }
    }
}
