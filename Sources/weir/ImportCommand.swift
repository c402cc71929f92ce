import ArgumentParser
import Crypto
import GatewayClient
import Glibc
import TelemetryModel

/// `weir import FILE… --device D`: puts a device's history into the log.
struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Put readings of CSV or JSON lines into the log, with the times they were measured at.",
        discussion: """
            CSV: the first line names the columns. JSON: one flat object per line. Either may be gzipped. The time is \
            the column named with --time-column, else ts, time, timestamp, datetime or date; ISO 8601 or a Unix time.

            Each reading becomes a record of its own with its time in ts and in the property \
            iothub-creation-time-utc, and the property weir-historical: true. An import that was interrupted is \
            repeated: what is stored already is not stored again, as long as the file, the device, the topic and the \
            time column are the same; that is known of the last 40,000 imports. Of a file that grows, what it holds at \
            the start is imported; with more in it, it is another file. What comes from standard input or a pipe is \
            stored each time.
            """
    )

    /// Readings sent at once.
    private static let chunkReadings = 1_000
    private static let chunkBytes = 1 << 20
    /// Failures shown one by one on a terminal.
    private static let failuresShown = 20

    @Argument(help: ArgumentHelp("The files, or - for standard input.", valueName: "file"))
    var files: [String]

    @Option(help: ArgumentHelp("Whose readings they are: a device id or device/module.", valueName: "id"))
    var device: String

    @Option(help: ArgumentHelp("The column, or the member, with the time.", valueName: "name"))
    var timeColumn: String?

    @Option(help: ArgumentHelp("The topic: telemetry or one of your own.", valueName: "name"))
    var topic = "telemetry"

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    /// What became of a file.
    private struct Summary: Encodable {
        var file: String
        var device: String
        var topic: String
        var imported: Int
        /// Readings that were in the log already.
        var present: Int
        var failed: Int
        var failures: [ReadingSource.Failure]
    }

    func validate() throws {
        guard IdentityID(self.device) != nil else {
            throw ValidationError("--device is “\(self.device)”, expected a device id or device/module")
        }
    }

    func run() async throws {
        let client = try self.connection.client()
        // A mistyped name would put the readings where nobody looks for them.
        if let id = IdentityID(self.device) { _ = try await client.device(id.device) }
        var hasFailures = false
        for file in self.files {
            let summary = try await self.load(file, with: client)
            try self.report(summary)
            hasFailures = hasFailures || summary.failed > 0
        }
        if hasFailures { throw ExitCode(1) }
    }

    private func load(_ file: String, with client: GatewayClient) async throws -> Summary {
        // Opened once: what is sent is what the id is of, also when the file grows or another takes its name meanwhile.
        let source = try ReadingSource(path: file, timeColumn: self.timeColumn)
        let target = ImportTarget(topic: self.topic, device: self.device, id: try self.importID(of: source))
        let first = try await client.importProgress(target)
        let progress = ProgressDisplay()
        defer { progress.clear() }
        var summary = Summary(
            file: file,
            device: self.device,
            topic: self.topic,
            imported: 0,
            present: 0,
            failed: 0,
            failures: []
        )
        var chunk = ImportChunk()
        var sent = 0
        func send() async throws {
            guard chunk.count > 0 else { return }
            let stored = try await client.importReadings(chunk, into: target)
            summary.imported += stored
            summary.present += chunk.count - stored
            sent += chunk.count
            let detail = "bytes, \(ProgressBar.grouped(sent)) readings"
            progress.show("importing", source.bytesRead, of: source.byteCount, detail: detail)
            chunk = ImportChunk()
        }
        while let (number, reading) = try source.next() {
            guard number >= first else {
                summary.present += 1
                continue
            }
            chunk.append(number: number, time: reading.time, json: reading.json)
            if chunk.count >= ImportCommand.chunkReadings || chunk.bytes >= ImportCommand.chunkBytes {
                try await send()
            }
        }
        try await send()
        summary.failed = source.failureCount
        summary.failures = source.failures
        return summary
    }

    private func report(_ summary: Summary) throws {
        let console = Console.current
        if self.output.isJSON { return try console.print(JSONLine.encode(summary)) }
        for failure in summary.failures.prefix(ImportCommand.failuresShown) {
            console.note("\(summary.file), line \(failure.line): \(failure.message)")
        }
        if summary.failed > ImportCommand.failuresShown {
            console.note("… and \(ProgressBar.grouped(summary.failed - ImportCommand.failuresShown)) more lines")
        }
        let present = summary.present > 0 ? " (\(ProgressBar.grouped(summary.present)) were there already)" : ""
        let count = ProgressBar.grouped(summary.imported)
        try console.print(
            "\(summary.file): imported \(count) \(summary.imported == 1 ? "reading" : "readings") of \(summary.device)"
                + "\(present), \(ProgressBar.grouped(summary.failed)) failed"
        )
    }

    /// The same for the same file, device, topic and time column; a new one for a stream, which cannot be read twice.
    private func importID(of source: ReadingSource) throws(CommandFailure) -> String {
        guard source.byteCount != nil else { return String(UInt64.random(in: .min ... .max), radix: 16) }
        var hash = SHA256()
        for part in ["weir-import 1", self.topic, self.device, self.timeColumn ?? ""] {
            hash.update(data: Array("\(part)\n".utf8))
        }
        try source.readAhead { hash.update(data: $0) }
        return hash.finalize().prefix(16).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0\(digits)" : digits
        }.joined()
    }
}
