import ArgumentParser
import GatewayClient

/// `weir query 'SELECT …'`: the streams' SQL over stored records.
struct QueryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "query",
        abstract: "Run stream SQL over stored records.",
        discussion: """
            The language is that of the streams (Azure Stream Analytics with windows, joins and detectors); the records \
            are those stored now. Windows still open at the end are given as they are. With --json each result is a \
            line; --source adds what made it: window, topics, partitions and offsets.

            Examples:
              weir query 'SELECT device, AVG(temperature) AS mean, COUNT(*) AS n FROM telemetry TIMESTAMP BY ts
                          GROUP BY device, TumblingWindow(minute, 10)' --from 2026-11-21T00:00:00Z
              weir query "SELECT * FROM telemetry WHERE humidity > 90" --json
              weir query --explain 'SELECT COUNT(*) FROM telemetry GROUP BY HoppingWindow(second, 60, 10)'
            """
    )

    @Argument(help: ArgumentHelp("The query, quoted for the shell.", valueName: "query"))
    var text: String

    @Option(
        help: ArgumentHelp("First enqueue time (2026-11-21T04:33:00Z); default: the oldest record.", valueName: "time")
    )
    var from: TimeOption?

    @Option(help: ArgumentHelp("First enqueue time no longer read; default: the end.", valueName: "time"))
    var to: TimeOption?

    @Option(help: ArgumentHelp("At most so many results.", valueName: "n"))
    var max: Int?

    @Flag(help: "Print how the query would be carried out, and do nothing.")
    var explain = false

    @Flag(help: "With --json: each result with the window and the records that made it.")
    var source = false

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if let max, max < 0 { throw ValidationError("--max is \(max), expected 0 or more") }
        if self.source, !self.output.isJSON { throw ValidationError("--source goes with --json") }
    }

    func run() async throws {
        let client = try self.connection.client()
        if self.explain {
            try Console.current.output(Array(try await client.explainStreamQuery(self.text).utf8))
            return
        }
        let lines = try await client.streamQuery(self.text, from: self.from?.time, to: self.to?.time)
        var printer = QueryPrinter(console: .current, form: self.form, max: self.max)
        try await printer.print(lines)
    }

    private var form: QueryPrinter.Form {
        guard self.output.isJSON else { return .table }
        return self.source ? .sourcedLines : .lines
    }
}
