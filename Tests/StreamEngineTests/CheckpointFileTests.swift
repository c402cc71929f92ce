import Foundation
import Testing

@testable import StreamEngine

@Suite("the checkpoint's file")
struct CheckpointFileTests {
    @Test("there is none at first; then it holds what was written last, and nothing else is left in the folder")
    func replacing() throws {
        let folder = try TemporaryFolder()
        let file = try CheckpointFile(directory: "\(folder.path)/streams", stream: "s")
        #expect(try file.read() == nil)
        try file.replace(with: [1, 2, 3])
        try file.replace(with: [UInt8](repeating: 7, count: 200_000))
        #expect(try file.read() == [UInt8](repeating: 7, count: 200_000))
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/streams") == ["s.checkpoint"])
        try file.setAside()
        #expect(try file.read() == nil)
    }

    @Test("a half-written new file beside it does no harm")
    func leftover() throws {
        let folder = try TemporaryFolder()
        let file = try CheckpointFile(directory: folder.path, stream: "s")
        try file.replace(with: [1])
        try Data([9, 9]).write(to: URL(fileURLWithPath: "\(file.path).new"))
        #expect(try file.read() == [1])
        try file.replace(with: [2])
        #expect(try file.read() == [2])
    }

    @Test("a folder that cannot be made is an error that names it and says what to do")
    func noFolder() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/missing/streams"
        #expect {
            _ = try CheckpointFile(directory: path, stream: "s")
        } throws: { error in
            "\(error)".contains(path) && "\(error)".contains("Make the folder writable")
        }
    }
}
