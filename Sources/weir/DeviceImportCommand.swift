import ArgumentParser
import GatewayClient

/// `weir device import FILE`: registers many devices from JSON lines or CSV.
struct DeviceImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Register many devices, modules and twins from a file of JSON lines or CSV.",
        discussion: """
            JSON: one object per line, {"deviceId":"d-1"}, with primaryKey, secondaryKey, status, statusReason, auth \
            (sas, x509-thumbprint, x509-ca, password), thumbprint, password and \
            permissions:{"publish":[…],"subscribe":[…]} if wanted, moduleId for a module, and tags and \
            properties:{"desired":{…}} for its twin. What `weir device export` writes is made again whole, hashes of \
            passwords and reported properties included; of devices that exist, reported properties stay. What `weir \
            device list --json` prints can be imported, too.

            CSV: the first line names the columns, deviceId and any of primaryKey, secondaryKey, status, \
            statusReason, auth, thumbprint, secondaryThumbprint, password, publish and subscribe, the last two with \
            filters separated by spaces.

            Examples:
              weir device import fleet.csv
              weir device import registry.jsonl --update
              weir device export --data old | weir device import - --data new
            """
    )

    /// Failures shown one by one on a terminal; with --json all of them.
    private static let failuresShown = 20

    @Argument(help: "The file, or - for standard input.")
    var file: String

    @Flag(help: "Replace devices that exist instead of refusing them.")
    var update = false

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let client = try self.connection.client()
        let source = try ImportSource(path: self.file)
        var bar = ProgressBar(title: "importing", total: try self.countLines())
        let refused = try await client.createDevices(
            source,
            mode: self.update ? .createOrUpdate : .create,
            progress: { bar.update($0) }
        )
        bar.finish()
        let failures =
            (source.failures
            + refused.map { failure in
                ImportSource.Failure(
                    line: source.lineNumbers[failure.index],
                    deviceId: failure.deviceID,
                    code: failure.code,
                    message: failure.message
                )
            }).sorted { $0.line < $1.line }
        try self.report(imported: source.lineNumbers.count - refused.count, failures: failures)
        if let fault = source.fault { throw fault }
        if !failures.isEmpty { throw ExitCode(1) }
    }

    private func report(imported: Int, failures: [ImportSource.Failure]) throws {
        struct Summary: Encodable {
            var imported: Int
            var failed: Int
            var failures: [ImportSource.Failure]
        }
        let console = Console.current
        if self.output.isJSON {
            let summary = Summary(imported: imported, failed: failures.count, failures: failures)
            return try console.print(JSONLine.encode(summary))
        }
        for failure in failures.prefix(DeviceImportCommand.failuresShown) {
            console.note("line \(failure.line): \(failure.message) (\(failure.code))")
        }
        if failures.count > DeviceImportCommand.failuresShown {
            console.note("… and \(failures.count - DeviceImportCommand.failuresShown) more; --json names all of them")
        }
        let count = ProgressBar.grouped(imported)
        try console.print("imported \(count) \(imported == 1 ? "device" : "devices"), \(failures.count) failed")
    }

    /// Lines of the file, for the progress bar; `nil` for a stream, which can be read only once.
    private func countLines() throws -> Int? {
        guard self.file != "-" else { return nil }
        var reader = try LineReader(path: self.file)
        var count = 0
        while try reader.next() != nil { count += 1 }
        return count
    }
}
