import ArgumentParser
import GatewayClient
import Glibc
import TelemetryJSON

/// `weir device export [FILE]`: the whole registry as JSON lines.
struct DeviceExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write all devices, modules and twins as JSON lines.",
        discussion: """
            A line for each device with its keys, permissions, tags, desired and reported properties, then one for \
            each module. `weir device import` reads it again. The file is made for its owner only: the keys in it are \
            secrets. Passwords are not in it; the gateway keeps only their hashes. A copy of everything, the log \
            included: `weir backup`.

            Examples:
              weir device export registry.jsonl
              weir device export | gzip > registry.jsonl.gz
            """
    )

    /// What was written.
    private struct Counts {
        var devices = 0
        var modules = 0
        /// Identities whose passwords are not in the export.
        var passwords = 0
    }

    /// Bytes gathered before they are written.
    private static let chunkBytes = 64 << 10

    @Argument(help: "The new file; standard output when none is named.")
    var file: String?

    @OptionGroup var connection: ConnectionOptions

    func run() async throws {
        let client = try self.connection.client()
        guard let path = self.file else {
            let console = Console.current
            return self.report(try await self.export(from: client) { try console.output($0) })
        }
        guard access(path, F_OK) != 0 else {
            throw CommandFailure("\(path) exists already: choose another name, or remove it first")
        }
        let unfinished = "\(path).part-\(getpid())"
        var isDone = false
        defer { if !isDone { unlink(unfinished) } }
        let file = try OutputFile(path: unfinished, mode: 0o600)
        let counts = try await self.export(from: client) { bytes in
            try bytes.withUnsafeBytes { try file.write($0) }
        }
        try file.sync()
        guard rename(unfinished, path) == 0 else { throw OutputFile.failure(path, "made") }
        isDone = true
        try OutputFile.syncFolder(OutputFile.folder(of: path))
        self.report(counts)
    }

    private func export(from client: GatewayClient, write: ([UInt8]) throws -> Void) async throws -> Counts {
        var bar = ProgressBar(title: "exporting", total: try await client.status().devices.total)
        var counts = Counts()
        var pending = [UInt8]()
        var twins = TwinRows("SELECT * FROM devices", of: client)
        var after: String?
        while true {
            let page = try await client.identities(after: after)
            guard let last = page.last?["deviceId"]?.string else { break }
            for identity in page {
                let twin = try await twins.twin(of: TwinText.id(identity))
                DeviceExportCommand.add(ExportLine.of(identity, twin: twin), to: &pending)
                if ExportLine.hasPassword(identity) { counts.passwords += 1 }
                try DeviceExportCommand.flush(&pending, from: DeviceExportCommand.chunkBytes, write)
            }
            after = last
            counts.devices += page.count
            bar.update(counts.devices)
        }
        var modules = TwinRows("SELECT * FROM devices.modules", of: client)
        var device: String?
        var identities = [String: JSONObject]()
        while let twin = try await modules.next() {
            if twin["deviceId"]?.string != device {
                device = twin["deviceId"]?.string
                let modules = try await client.moduleIdentities(of: device ?? "")
                identities = Dictionary(modules.map { (TwinText.id($0), $0) }) { $1 }
            }
            guard let identity = identities[TwinText.id(twin)] else { continue }  // deleted meanwhile
            DeviceExportCommand.add(ExportLine.of(identity, twin: twin), to: &pending)
            counts.modules += 1
            if ExportLine.hasPassword(identity) { counts.passwords += 1 }
            try DeviceExportCommand.flush(&pending, from: DeviceExportCommand.chunkBytes, write)
            bar.update(counts.devices, detail: "\(ProgressBar.grouped(counts.modules)) modules")
        }
        try DeviceExportCommand.flush(&pending, from: 1, write)
        bar.finish()
        return counts
    }

    private static func add(_ line: JSONObject, to pending: inout [UInt8]) {
        pending += line.bytes
        pending.append(UInt8(ascii: "\n"))
    }

    /// Writes what is pending when it is that many bytes.
    private static func flush(
        _ pending: inout [UInt8],
        from bytesMin: Int,
        _ write: ([UInt8]) throws -> Void
    ) throws {
        guard pending.count >= bytesMin else { return }
        try write(pending)
        pending.removeAll(keepingCapacity: true)
    }

    /// Tells what was written; on stderr, for stdout may hold the lines.
    private func report(_ counts: Counts) {
        let console = Console.current
        let devices = "\(ProgressBar.grouped(counts.devices)) \(counts.devices == 1 ? "device" : "devices")"
        let modules = "\(ProgressBar.grouped(counts.modules)) \(counts.modules == 1 ? "module" : "modules")"
        console.note("exported \(devices), \(modules)")
        if counts.passwords > 0 {
            console.note("\(ProgressBar.grouped(counts.passwords)) of them have passwords, which are not in the export")
        }
    }
}
