import ArgumentParser
import BackupFormat
import GatewayClient

/// `weir restore FILE.tar --data DIR`: makes a data folder of a backup.
struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Make a data folder of a backup, and check every byte of it.",
        discussion: """
            The folder must not be there, or be empty; it appears when all of it is on the disk and right. Start the \
            gateway with `weir serve --data DIR`. Two gateways from one backup are the same hub twice: devices do \
            not mind, you may.
            """
    )

    @Argument(help: "The archive of `weir backup`, or - for standard input.")
    var file: String

    @Option(name: .customLong("data"), help: ArgumentHelp("The data folder to make.", valueName: "dir"))
    var data = GatewayFolder.defaultPath

    @OptionGroup var output: OutputOptions

    func run() async throws {
        var archive = try ArchiveReader(path: self.file)
        var folder = try RestoredFolder(target: self.data)
        var bar = ProgressBar(
            title: "restoring",
            total: self.file == "-" ? nil : InputFile.byteCount(of: self.file)
        )
        let manifest = try folder.extract(&archive) { bar.update($0, detail: "bytes") }
        bar.finish()
        var reports: [TopicCheckDescription] = []
        try LogDoctor.checkFolder("\(folder.path)/log", topic: nil) { state in
            if state.report != nil { reports.append(state) }
        }
        try folder.finish()
        try self.report(manifest, reports)
        // What the original had already is told, and kept: the rest of it is good.
        if reports.contains(where: { $0.report?.faults.isEmpty == false }) { throw ExitCode(1) }
    }

    private func report(_ manifest: BackupManifest, _ reports: [TopicCheckDescription]) throws {
        struct Summary: Encodable {
            var data: String
            var made: String
            var version: String
            var files: Int
            var records: Int64
            var faults: Int
        }
        let console = Console.current
        let records = reports.reduce(Int64(0)) { $0 + ($1.report?.records ?? 0) }
        let faults = reports.reduce(0) { $0 + ($1.report?.faults.count ?? 0) }
        if self.output.isJSON {
            let summary = Summary(
                data: self.data,
                made: manifest.time,
                version: manifest.version,
                files: manifest.files.count,
                records: records,
                faults: faults
            )
            return try console.print(JSONLine.encode(summary))
        }
        for report in reports where report.report?.faults.isEmpty == false {
            for line in DoctorText.lines(report, for: console) { try console.print(line) }
        }
        try console.print(
            "restored \(self.data) of \(manifest.time): \(ProgressBar.grouped(manifest.files.count)) files, "
                + "\(ProgressBar.grouped(Int(records))) records"
        )
        if faults > 0 { console.note("weir: the log was damaged when the backup was made; the rest of it is restored") }
    }
}
