import ArgumentParser
import GatewayClient
import TelemetryJSON

/// `weir job list`: jobs, page by page.
struct JobListCommand: AsyncParsableCommand {
    /// What jobs do.
    enum Kind: String, ExpressibleByArgument, CaseIterable {
        case twinUpdate = "twin-update"
        case method

        /// What the contract calls it.
        var type: String {
            switch self {
            case .twinUpdate: "scheduleUpdateTwin"
            case .method: "scheduleDeviceMethod"
            }
        }
    }

    /// Where jobs stand.
    enum Status: String, ExpressibleByArgument, CaseIterable {
        case scheduled
        case queued
        case running
        case completed
        case failed
        case cancelled
    }

    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List jobs; those that have ended are kept for 30 days.",
        discussion: """
            Examples:
              weir job list --status running
              weir job list --type method --json
            """
    )

    @Option(help: "Only such jobs: twin-update or method.")
    var type: Kind?

    @Option(help: "Only those that are scheduled, queued, running, completed, failed or cancelled.")
    var status: Status?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let client = try self.connection.client()
        let console = Console.current
        var shown = 0
        var continuation: String?
        repeat {
            let page = try await client.jobs(
                type: self.type?.type,
                status: self.status?.rawValue,
                pageSize: GatewayClient.rowsPerPage,
                continuation: continuation
            )
            let lines =
                self.output.isJSON
                ? page.items.map(\.description)
                : Array(JobText.table(page.items, for: console).lines(for: console).dropFirst(shown == 0 ? 0 : 1))
            if !page.items.isEmpty { try console.output(Array((lines.joined(separator: "\n") + "\n").utf8)) }
            shown += page.items.count
            continuation = page.continuation
        } while continuation != nil
        if shown == 0, !self.output.isJSON { console.note("no such jobs: `weir job create` makes one") }
    }
}
