import ArgumentParser
import GatewayClient
import TelemetryJSON

/// `weir configuration create ID`: makes a configuration.
struct ConfigurationCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Make a configuration: devices that match its condition get its content, now and later.",
        discussion: """
            A device that stops matching loses what only this configuration set. Where two set the same property, the \
            higher priority wins, then the newer one. The content cannot be changed later: make another with a higher \
            priority. `weir configuration test` checks the condition first.

            Examples:
              weir configuration create fast --where "tags.site = 'north'" --desired interval=5 --priority 10
              weir configuration create fw --where '*' --content @content.json \
            --metric "done=SELECT deviceId FROM devices WHERE properties.reported.fw = '1.2'"
            """
    )

    @Argument(help: "Its id.")
    var id: String

    @Option(
        name: .customLong("where"),
        help: ArgumentHelp(
            "The condition over tags and reported properties; * for all devices.",
            valueName: "condition"
        )
    )
    var condition: String

    @Option(help: ArgumentHelp("A desired property, name=value or a.b=value; may be repeated.", valueName: "property"))
    var desired: [String] = []

    @Option(
        help: ArgumentHelp(
            #"The content, {"deviceContent":{"properties.desired.x":…}}, @file, or - for standard input."#,
            valueName: "json"
        )
    )
    var content: String?

    @Option(help: ArgumentHelp("Higher goes before lower.", valueName: "n"))
    var priority = 0

    @Option(
        name: .customLong("label"),
        help: ArgumentHelp("A label; may be repeated.", valueName: "name=text")
    )
    var labels: [NamedText] = []

    @Option(
        name: .customLong("metric"),
        help: ArgumentHelp("A query whose rows are counted; may be repeated.", valueName: "name=query")
    )
    var metrics: [NamedText] = []

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard self.desired.isEmpty != (self.content == nil) else {
            throw ValidationError("give the content either with --desired or with --content")
        }
        for argument in self.desired where PropertyAssignment.parse(argument) == nil {
            throw ValidationError("--desired is “\(argument)”, expected name=value")
        }
        guard self.priority >= 0 else { throw ValidationError("--priority is \(self.priority), expected 0 or more") }
    }

    func run() async throws {
        let content =
            try self.content.map { try JSONInput.object($0, named: "--content") }
            ?? ConfigurationContent.setting(self.desired.compactMap(PropertyAssignment.parse), for: self.condition)
        var document: JSONObject = [
            "id": .string(self.id), "content": .object(content), "targetCondition": .string(self.condition),
            "priority": .integer(Int64(self.priority)),
        ]
        if !self.labels.isEmpty { document["labels"] = .object(NamedText.object(self.labels)) }
        if !self.metrics.isEmpty {
            document["metrics"] = .object(["queries": .object(NamedText.object(self.metrics))])
        }
        let made = try await self.connection.client().createConfiguration(self.id, document)
        try ConfigurationCommand.print(made, isJSON: self.output.isJSON)
    }
}
