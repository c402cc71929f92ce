import ArgumentParser
import GatewayClient

/// `weir twin history ID`: how a twin became what it is.
struct TwinHistoryCommand: AsyncParsableCommand, IdentityNaming {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Print the changes of a twin, oldest first: when, who, from what to what.",
        discussion: """
            From the log, topic twin-changes, as far back as its retention goes: `weir topic set twin-changes \
            --retention 365d` keeps a year. With --json the records as they are stored.

            Examples:
              weir twin history dev1
              weir twin history dev1 --from 2026-11-21T00:00:00Z --max 50
              weir twin history dev1 --json | jq .body.change.by
            """
    )

    @Argument(help: "The device's id, or device/module.")
    var id: String

    @Option(
        help: ArgumentHelp("First change: earliest, an offset, or a time (2026-11-21T04:33:00Z).", valueName: "place")
    )
    var from: String?

    @Option(help: ArgumentHelp("First change no longer shown: end, an offset, or a time.", valueName: "place"))
    var to: String?

    @Option(help: ArgumentHelp("At most so many changes.", valueName: "n"))
    var max: Int?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        for (name, value) in [("--from", self.from), ("--to", self.to)] {
            guard let value, !RecordOptions.isPlace(value) else { continue }
            throw ValidationError(
                "\(name) is “\(value)”, expected earliest, end, an offset or a time such as 2026-11-21T04:33:00Z"
            )
        }
        if let max, max < 0 { throw ValidationError("--max is \(max), expected 0 or more") }
    }

    func run() async throws {
        let client = try self.connection.client()
        let lines = try await client.twinHistory(self.id, from: self.from, to: self.to, max: self.max)
        let printer = RecordPrinter(console: .current, isJSON: self.output.isJSON, form: .twinChange)
        let count = try await printer.print(lines)
        if count == 0, !self.output.isJSON {
            Console.current.note("the log has no changes of \(self.id) there; `weir twin show` shows what it is now")
        }
    }
}
