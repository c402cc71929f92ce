import ArgumentParser
import GatewayClient
import TelemetryJSON

/// `weir device query 'SELECT …'`: finds devices by what their twins say.
struct DeviceQueryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "query",
        abstract: "Ask for devices, modules or jobs by what is in their twins.",
        discussion: """
            The language of IoT Hub: SELECT … FROM devices, devices.modules or devices.jobs [WHERE …] [GROUP BY …]. \
            Whole twins are a table of what fits; with --json every row is complete.

            Examples:
              weir device query "SELECT * FROM devices WHERE tags.site = 'north'"
              weir device query 'SELECT deviceId, properties.reported.fw AS fw FROM devices'
              weir device query 'SELECT status, COUNT() AS n FROM devices GROUP BY status'
              weir device query "SELECT * FROM devices.jobs WHERE devices.jobs.jobId = 'j1'"
            """
    )

    @Argument(help: ArgumentHelp("The query, quoted for the shell.", valueName: "query"))
    var text: String

    @Option(help: ArgumentHelp("At most so many rows.", valueName: "n"))
    var max: Int?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if let max, max < 0 { throw ValidationError("--max is \(max), expected 0 or more") }
    }

    func run() async throws {
        let client = try self.connection.client()
        let console = Console.current
        var left = self.max ?? .max
        var shown = 0
        var table: QueryText?
        var continuation: String?
        while left > 0 {
            let size = Swift.min(left, GatewayClient.rowsPerPage)
            let page = try await client.query(self.text, pageSize: size, continuation: continuation)
            let rows = Array(page.items.prefix(left))
            var lines = [String]()
            if self.output.isJSON {
                lines = rows.map(\.description)
            } else {
                var text = table ?? QueryText(isTwins: page.itemType == "Twin")
                lines = text.lines(rows, for: console)
                table = text
            }
            if !lines.isEmpty { try console.output(Array((lines.joined(separator: "\n") + "\n").utf8)) }
            left -= rows.count
            shown += rows.count
            continuation = page.continuation
            if continuation == nil { break }
        }
        if shown == 0, !self.output.isJSON, self.max != 0 { console.note("no rows") }
    }
}
