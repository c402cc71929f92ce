import ArgumentParser
import GatewayClient

/// `weir doctor log`: checks every checksum of the log.
struct DoctorLogCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log",
        abstract: "Check every checksum of the log; exit status 1 when one is wrong.",
        discussion: """
            Through the gateway while it runs, its own topics included; on the data folder itself when it does not. \
            Nothing is changed.
            """
    )

    @Option(help: ArgumentHelp("Only this topic.", valueName: "name"))
    var topic: String?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let console = Console.current
        var reports: [TopicCheckDescription] = []
        let progress = ProgressDisplay()
        defer { progress.clear() }
        func receive(_ state: TopicCheckDescription) throws {
            guard state.report != nil else {
                let total = Int(clamping: state.bytesTotal)
                return progress.show(state.topic, Int(clamping: state.bytes), of: total, detail: "bytes")
            }
            progress.clear()
            reports.append(state)
            if self.output.isJSON { return try console.print(JSONLine.encode(state)) }
            for line in DoctorText.lines(state, for: console) { try console.print(line) }
        }
        if let folder = try await self.checkRunning(receive) {
            try LogDoctor.checkFolder(folder, topic: self.topic, receive: receive)
        }
        let faults = reports.reduce(0) { $0 + ($1.report?.faults.count ?? 0) }
        if !self.output.isJSON { try console.print(DoctorText.summary(reports, for: console)) }
        if faults > 0 { throw ExitCode(1) }
    }

    /// Checks through the gateway; gives the log's folder instead when it does not run.
    private func checkRunning(_ receive: (TopicCheckDescription) throws -> Void) async throws -> String? {
        let folder = "\(self.connection.dataFolder.path)/log"
        let isLocal = self.connection.environmentString == nil && LogDoctor.isFolder(folder)
        guard !isLocal || self.connection.dataFolder.hasEndpoints else { return folder }
        do {
            try await self.connection.client().checkLog(topic: self.topic, receive: receive)
            return nil
        } catch GatewayClientError.notRunning where isLocal {
            return folder  // it was killed, and has left its addresses
        }
    }
}
