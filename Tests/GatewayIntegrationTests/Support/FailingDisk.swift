import Foundation
import Testing

/// A disk that begins to fail when the test says so: `Programs/failing_disk.c`, compiled here and preloaded.
struct FailingDisk {
    enum Fault: String, Sendable {
        /// fdatasync fails with EIO.
        case sync
        /// Writes fail with ENOSPC.
        case space
    }

    static let compiler = "cc"

    private let folder: TemporaryFolder
    private let library: String

    init(in folder: TemporaryFolder) async throws {
        self.folder = folder
        self.library = folder.file("failing_disk.so")
        let result = try await RunningProcess.run(
            FailingDisk.compiler,
            [
                "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", self.library,
                try ClientProgram.path("failing_disk.c"), "-ldl",
            ]
        )
        try #require(result.status == 0, "\(result.errors)")
    }

    /// What the gateway needs in its environment; its topic `telemetry` is concerned.
    var environment: [String: String] {
        [
            "LD_PRELOAD": self.library, "FAILING_DISK_PATH": "/log/telemetry/",
            "FAILING_DISK_TRIGGER": self.folder.file("disk-fault"),
            "FAILING_DISK_LOG": self.folder.file("disk-faults.txt"),
        ]
    }

    /// The disk fails from now on.
    func fail(_ fault: Fault) throws {
        // Renamed into place: the library never sees half of it.
        try self.folder.write("disk-fault.new", fault.rawValue)
        try FileManager.default.moveItem(
            atPath: self.folder.file("disk-fault.new"),
            toPath: self.folder.file("disk-fault")
        )
    }

    /// The disk is well again.
    func heal() throws {
        try FileManager.default.removeItem(atPath: self.folder.file("disk-fault"))
    }

    /// The calls that were made to fail.
    func failures() throws -> [Substring] {
        try String(contentsOfFile: self.folder.file("disk-faults.txt"), encoding: .utf8).split(separator: "\n")
    }
}
