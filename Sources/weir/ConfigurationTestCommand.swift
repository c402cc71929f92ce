import ArgumentParser
import GatewayClient
import TelemetryJSON

/// `weir configuration test`: checks a condition and queries before they are used.
struct ConfigurationTestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Check a target condition and metrics; exit status 1 when something is wrong.",
        discussion: """
            Nothing is made or changed. `weir device query "SELECT deviceId FROM devices WHERE …"` shows the devices.

            Examples:
              weir configuration test --where "tags.site = 'north'"
              weir configuration test --where '*' --metric "done=SELECT deviceId FROM devices WHERE tags.done = true"
            """
    )

    @Option(
        name: .customLong("where"),
        help: ArgumentHelp(
            "The condition over tags and reported properties; * for all devices.",
            valueName: "condition"
        )
    )
    var condition: String

    @Option(
        name: .customLong("metric"),
        help: ArgumentHelp("A query whose rows are counted; may be repeated.", valueName: "name=query")
    )
    var metrics: [NamedText] = []

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let answer = try await self.connection.client().testConfiguration(
            condition: self.condition,
            queries: NamedText.object(self.metrics)
        )
        let faults = ConfigurationTestCommand.faults(in: answer)
        let console = Console.current
        if self.output.isJSON {
            try console.print(answer.description)
        } else {
            for fault in faults { try console.print(EventText.printable(fault)) }
            if faults.isEmpty { try console.print("all is well") }
        }
        if !faults.isEmpty { throw ExitCode(1) }
    }

    /// One sentence for each fault.
    static func faults(in answer: JSONObject) -> [String] {
        var faults = [String]()
        if let text = answer["targetConditionError"]?.string, !text.isEmpty { faults.append("--where: \(text)") }
        for member in answer["customMetricQueryErrors"]?.object ?? [:] {
            guard let text = member.value.string, !text.isEmpty else { continue }
            faults.append("--metric \(member.name): \(text)")
        }
        return faults
    }
}
