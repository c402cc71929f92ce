import EdgeAgent
import EdgeCore
import Foundation
import Testing

@Suite("the state folder")
struct StateFolderTests {
    private let temporary: TemporaryFolder
    private var path: String { self.temporary.url.appendingPathComponent("state").path }

    init() throws {
        self.temporary = try TemporaryFolder()
    }

    @Test("files are replaced as a whole and read back; one that is not there is none")
    func files() throws {
        let folder = try StateFolder(self.path, isMade: true)
        #expect(try folder.read("epoch") == nil)
        for text in ["a long first content", "short"] {
            try folder.replace("epoch", with: Array(text.utf8))
            #expect(try folder.read("epoch") == Array(text.utf8))
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: self.path).sorted() == ["epoch", "lock"])
    }

    @Test("one agent at a time, and a folder that cannot be made or used says why")
    func refusals() throws {
        let folder = try StateFolder(self.path, isMade: true)
        let taken = #expect(throws: SpoolFault.self) { _ = try StateFolder(self.path, isMade: true) }
        #expect(taken?.message.contains("another agent uses it") == true)
        let missing = #expect(throws: SpoolFault.self) { _ = try StateFolder("\(self.path)/a/b", isMade: true) }
        #expect(missing?.message.contains("cannot be made: No such file or directory") == true)
        let unmade = #expect(throws: SpoolFault.self) { _ = try StateFolder("\(self.path)-other", isMade: false) }
        #expect(unmade?.message.contains("cannot be used") == true)
        #expect(folder.path == self.path)
    }
}
