import ArgumentParser
import GatewayClient
import Glibc
import NIOCore

/// `weir device export [FILE]`: the whole registry as JSON lines.
struct DeviceExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write all devices, modules and twins as JSON lines.",
        discussion: """
            A line for each device, its modules behind it, with keys, the hash of its password, permissions, tags, \
            desired and reported properties. `weir device import` makes the same again from it. The file is made for \
            its owner only: who has it is every device in it; the policy must be one that may write the registry. A \
            copy of everything, the log included: `weir backup`.

            Examples:
              weir device export registry.jsonl
              weir device export | gzip > registry.jsonl.gz
            """
    )

    /// What was written.
    private struct Counts {
        var devices = 0
        var modules = 0
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
        for try await line in try await client.registry() {
            if ExportLine.isOfModule(line.readableBytesView) { counts.modules += 1 } else { counts.devices += 1 }
            pending += line.readableBytesView
            pending.append(UInt8(ascii: "\n"))
            try DeviceExportCommand.flush(&pending, from: DeviceExportCommand.chunkBytes, write)
            let modules = counts.modules == 0 ? "" : "\(ProgressBar.grouped(counts.modules)) modules"
            bar.update(counts.devices, detail: modules)
        }
        try DeviceExportCommand.flush(&pending, from: 1, write)
        bar.finish()
        return counts
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
    }
}
