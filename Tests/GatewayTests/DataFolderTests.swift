import FoundationEssentials
import Gateway
import HubProtocol
import Testing

@Suite("the data folder")
struct DataFolderTests {
    private func withFolder(_ body: (String) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "weir-folder-\(UUID().uuidString)").path()
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(path)
    }

    @Test("a second gateway on the same folder is refused in one sentence")
    func lock() throws {
        try self.withFolder { path in
            let first = try DataFolder(path: path)
            let error = #expect(throws: StartError.self) { try DataFolder(path: path) }
            #expect(error?.description.contains("another gateway runs on the data folder \(path)") == true)
            withExtendedLifetime(first) {}
        }
    }

    @Test("the lock ends with its owner")
    func relock() throws {
        try self.withFolder { path in
            _ = try DataFolder(path: path)
            _ = try DataFolder(path: path)
        }
    }

    @Test("copies of the registry that a kill -9 during a backup has left are removed at the start, nothing else is")
    func leftCopies() throws {
        try self.withFolder { path in
            _ = try DataFolder(path: path)
            let kept = ["backup-office.sqlite", "backup-1.tar", "registry.sqlite"]
            let left = ["backup-9c1f.sqlite", "backup-9c1f.sqlite-wal", "backup-9c1f.sqlite-shm"]
            for name in kept + left {
                #expect(FileManager.default.createFile(atPath: "\(path)/\(name)", contents: nil))
            }
            let folder = try DataFolder(path: path)
            for name in kept { #expect(try folder.read(name) != nil, "\(name)") }
            for name in left { #expect(try folder.read(name) == nil, "\(name)") }
        }
    }

    @Test("a folder that cannot be made is refused in one sentence")
    func unmakeable() {
        let error = #expect(throws: StartError.self) { try DataFolder(path: "/proc/weir") }
        #expect(error?.description.contains("/proc/weir") == true)
    }

    @Test("a replaced file has the new content, its mode, and leaves nothing beside it")
    func replace() throws {
        try self.withFolder { path in
            let folder = try DataFolder(path: path)
            try folder.replace("a", with: "one".utf8)
            try folder.replace("a", with: "two".utf8)
            #expect(try folder.read("a") == Array("two".utf8))
            #expect(try folder.read("b") == nil)
            let mode = try FileManager.default.attributesOfItem(atPath: "\(path)/a")[.posixPermissions] as? Int
            #expect(mode == 0o600)
            #expect(!FileManager.default.fileExists(atPath: "\(path)/a.new"))
        }
    }

    @Test("credentials are made once and read back")
    func credentials() throws {
        try self.withFolder { path in
            let folder = try DataFolder(path: path)
            let made = try Credentials(in: folder).policies
            #expect(made.map(\.name) == ["iothubowner", "service", "device", "registryRead", "registryReadWrite"])
            #expect(try Credentials(in: folder).policies == made)
        }
    }

    @Test(
        "damaged credentials are refused with the file's name",
        arguments: [
            "", "{}",
            "{\"policies\":[{\"name\":\"a\",\"permissions\":[\"Fly\"],\"primaryKey\":\"\",\"secondaryKey\":\"\"}]}",
            "{\"policies\":[{\"name\":\"a\",\"permissions\":[],\"primaryKey\":\"AAAA\",\"secondaryKey\":\"AAAA\"}]}",
        ]
    )
    func damagedCredentials(json: String) throws {
        try self.withFolder { path in
            let folder = try DataFolder(path: path)
            try folder.replace("credentials.json", with: json.utf8)
            let error = #expect(throws: StartError.self) { try Credentials(in: folder) }
            #expect(error?.description.contains("credentials.json") == true)
        }
    }
}
