import ArgumentParser
import GatewayClient
import Glibc
import NIOCore

/// `weir backup FILE.tar`: a consistent copy of the running gateway.
struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy the running gateway's data into a tar archive.",
        discussion: """
            Log, identities, sessions, keys and certificates; the gateway goes on meanwhile. All that was acknowledged \
            before the start is in the copy. It is taken within moments, not in one, and in an order in which nothing \
            refers to a record that it lacks; what a session had settled in these moments the copy may deliver again.

            The archive holds private keys: keep it as safe as the data folder, and outside of it. `weir restore` makes \
            a data folder of it and checks every byte.
            """
    )

    @Argument(help: "The archive to make, or - for standard output.")
    var file: String

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let client = try self.connection.client()
        if self.file == "-" {
            let console = Console.current
            guard !console.isTerminal else {
                throw CommandFailure("an archive is not for a terminal: redirect the output, or name a file")
            }
            _ = try await self.copy(from: client) { try console.output(Array($0.readableBytesView)) }
            return
        }
        guard access(self.file, F_OK) != 0 else {
            throw CommandFailure("\(self.file) exists already: choose another name, or remove it first")
        }
        let unfinished = "\(self.file).part-\(getpid())"
        var isDone = false
        defer { if !isDone { unlink(unfinished) } }
        let archive = try OutputFile(path: unfinished, mode: 0o600)
        let bytes = try await self.copy(from: client) { chunk in
            try chunk.withUnsafeReadableBytes { try archive.write($0) }
        }
        try archive.sync()
        guard rename(unfinished, self.file) == 0 else { throw OutputFile.failure(self.file, "made") }
        isDone = true
        try OutputFile.syncFolder(OutputFile.folder(of: self.file))
        try self.report(bytes)
    }

    private func copy(from client: GatewayClient, receive: (ByteBuffer) throws -> Void) async throws -> Int {
        let progress = ProgressDisplay()
        defer { progress.clear() }
        var total: Int?
        var bytes = 0
        try await client.backup(
            begin: { total = $0 },
            receive: { chunk in
                try receive(chunk)
                bytes += chunk.readableBytes
                progress.show("copying", bytes, of: total, detail: "bytes")
            }
        )
        return bytes
    }

    private func report(_ bytes: Int) throws {
        struct Summary: Encodable {
            var file: String
            var bytes: Int
        }
        let console = Console.current
        if self.output.isJSON {
            return try console.print(JSONLine.encode(Summary(file: self.file, bytes: bytes)))
        }
        try console.print("\(self.file): \(TopicText.size(Int64(bytes))), holds private keys: keep it safe")
    }
}
