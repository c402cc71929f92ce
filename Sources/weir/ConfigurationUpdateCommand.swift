import ArgumentParser
import GatewayClient
import TelemetryJSON

/// `weir configuration update ID`: changes a configuration; what no option names stays.
struct ConfigurationUpdateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "update",
        abstract: "Change whom a configuration is for, its priority, labels or metrics.",
        discussion: """
            What no option names stays; --label and --metric replace all labels and metrics. The content cannot be \
            changed: make another configuration with a higher priority.

            Examples:
              weir configuration update fast --priority 20
              weir configuration update fast --where "tags.site IN ['north','south']"
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
    var condition: String?

    @Option(help: ArgumentHelp("Higher goes before lower.", valueName: "n"))
    var priority: Int?

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

    @Option(help: ArgumentHelp("Only when it still has this etag.", valueName: "etag"))
    var etag: String?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if self.condition == nil, self.priority == nil, self.labels.isEmpty, self.metrics.isEmpty {
            throw ValidationError("nothing to change: give --where, --priority, --label or --metric")
        }
        if let priority, priority < 0 { throw ValidationError("--priority is \(priority), expected 0 or more") }
    }

    func run() async throws {
        let client = try self.connection.client()
        let current = try await client.configuration(self.id)
        let changed = try await client.updateConfiguration(
            self.id,
            self.changed(current),
            etag: self.etag ?? current["etag"]?.string ?? "*"
        )
        try ConfigurationCommand.print(changed, isJSON: self.output.isJSON)
    }

    private func changed(_ current: JSONObject) -> JSONObject {
        var document = current
        if let condition { document["targetCondition"] = .string(condition) }
        if let priority { document["priority"] = .integer(Int64(priority)) }
        if !self.labels.isEmpty { document["labels"] = .object(NamedText.object(self.labels)) }
        var metrics = document["metrics"]?.object ?? [:]
        if !self.metrics.isEmpty { metrics["queries"] = .object(NamedText.object(self.metrics)) }
        metrics["results"] = nil
        if !metrics.isEmpty { document["metrics"] = .object(metrics) }
        // What the gateway alone says.
        for name in ["systemMetrics", "createdTimeUtc", "lastUpdatedTimeUtc", "etag", "schemaVersion"] {
            document[name] = nil
        }
        return document
    }
}
