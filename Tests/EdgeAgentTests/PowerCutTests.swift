import EdgeAgent
import EdgeCore
import Foundation
import TestSupport
import Testing

/// A small ext4 file system in a file, mounted; needs root and loop devices.
private final class LoopDisk {
    let folder: URL
    let image: URL
    let mount: URL
    private var copies: [URL] = []

    /// Why it cannot be done here; `nil` when it can.
    static let missing: String? = {
        guard geteuid() == 0 else { return "not root" }
        do {
            _ = try LoopDisk()
            return nil
        } catch {
            return "\(error)"
        }
    }()

    static let isAvailable: Bool = {
        if let missing { print("skipped, a loop-mounted ext4 cannot be made: \(missing)") }
        return missing == nil
    }()

    struct Failure: Error {
        var what: String
    }

    init() throws {
        self.folder = FileManager.default.temporaryDirectory.appendingPathComponent("weir-disk-\(UUID().uuidString)")
        self.image = self.folder.appendingPathComponent("disk.img")
        self.mount = self.folder.appendingPathComponent("mnt")
        try FileManager.default.createDirectory(at: self.mount, withIntermediateDirectories: true)
        try Data(count: 8 * 1_048_576).write(to: self.image)
        do {
            try Self.run("/usr/sbin/mkfs.ext4", ["-q", "-F", self.image.path])
            try Self.run("/usr/bin/mount", ["-o", "loop", self.image.path, self.mount.path])
        } catch {
            try? FileManager.default.removeItem(at: self.folder)
            throw error
        }
    }

    deinit {
        for folder in self.copies + [self.mount] { try? Self.run("/usr/bin/umount", [folder.path]) }
        try? FileManager.default.removeItem(at: self.folder)
    }

    /// What the disk has at this moment, as after a power cut: mounted, its journal replayed.
    func cut() throws -> URL {
        let number = self.copies.count
        let copy = self.folder.appendingPathComponent("cut-\(number).img")
        try Data(contentsOf: self.image).write(to: copy)
        let mount = self.folder.appendingPathComponent("cut-\(number)")
        try FileManager.default.createDirectory(at: mount, withIntermediateDirectories: true)
        try Self.run("/usr/bin/mount", ["-o", "loop", copy.path, mount.path])
        self.copies.append(mount)
        return mount
    }

    private static func run(_ program: String, _ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        let pipe = Pipe()
        process.standardError = pipe
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure(what: "\(program): \(text)") }
    }
}

@Suite("a power cut, on a loop-mounted ext4 copied while the agent writes", .enabled(if: LoopDisk.isAvailable))
struct PowerCutTests {
    @Test("everything written before the window is there, nothing torn comes, and the next run counts on")
    func cut() async throws {
        let disk = try LoopDisk()
        let state = disk.mount.appendingPathComponent("state")
        let folder = disk.folder
        try Data(
            """
            connection: {connectionString: "HostName=localhost;DeviceId=dev1;SharedAccessKey=ZGV2MQ=="}
            mqtt: {host: 127.0.0.1, port: 9, reconnectMaxSeconds: 1}
            tls: {enabled: false}
            sampling: {intervalMilliseconds: 100}
            sensors: [{type: simulated}]
            spool: {directory: \(state.path), freeDiskMinBytes: 0, windowSeconds: 1, windowReadings: 10000}
            stop: {waitSeconds: 0}

            """.utf8
        ).write(to: folder.appendingPathComponent("agent.yaml"))
        let agent = try AgentProcess(["run", "--config", "agent.yaml"], in: folder)

        var before = 0
        for _ in 0..<2 {
            // One thread writes and syncs: what is 25 readings, or 2.5 s, old was synced before the last of them was
            // written, however slow the disk is.
            let written = try await self.readings(in: state, above: before)
            before = written.count
            _ = try await self.readings(in: state, above: before + 25)
            let survived = try self.recover(try disk.cut().appendingPathComponent("state"))
            #expect(survived.starts(with: written), "\(survived.count) of \(written.count) and more survived")
        }
        agent.terminate()
        #expect(await agent.exitStatus() == 0)
        let all = try self.recover(state)
        #expect(all == Array(0..<UInt64(all.count)))
        let epoch = try String(contentsOf: state.appendingPathComponent("epoch"), encoding: .utf8)
        #expect(UInt32(epoch.dropLast()) != nil)
    }

    /// The numbers in the spool, once there are more than so many.
    private func readings(in state: URL, above count: Int) async throws -> [UInt64] {
        var numbers: [UInt64] = []
        try await eventually {
            numbers = (try? self.recover(state)) ?? []
            return numbers.count > count
        }
        return numbers
    }

    /// Reads a spool as the agent does, without changing it.
    private func recover(_ state: URL) throws -> [UInt64] {
        let folder = try SpoolFolder(state.appendingPathComponent("spool").path)
        var numbers: [UInt64] = []
        for segment in try folder.segments() {
            let bytes = try folder.read(segment, at: 0, count: .max)
            guard SpoolHeader(bytes) != nil else { continue }
            var scanner = SegmentScanner(bytes, from: SpoolFormat.headerBytes)
            while let item = scanner.next() {
                switch item {
                case .record(.reading(let spooled)):
                    // The simulated sensor's members, whole.
                    #expect(
                        spooled.reading.body.first == UInt8(ascii: ",")
                            && spooled.reading.body.last == UInt8(ascii: "}")
                    )
                    numbers.append(spooled.number)
                case .record(.dropped): break
                case .damage(let bytes): Issue.record("\(bytes) damaged bytes")
                }
            }
        }
        return numbers
    }
}
