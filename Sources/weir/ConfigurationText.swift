import GatewayClient
import TelemetryJSON

/// How configurations are shown. Source: contract iothub-rest section 7.
enum ConfigurationText {
    /// One configuration in full: its content as a table, its metrics beside each other.
    static func lines(_ document: JSONObject, for console: Console) -> [String] {
        var lines = [
            ("configuration", console.colored(document["id"]?.string ?? "", .name)),
            ("where", document["targetCondition"]?.string ?? ""),
            ("priority", "\(document["priority"]?.integer ?? 0)"),
        ]
        let labels = document["labels"]?.object ?? [:]
        if !labels.isEmpty {
            let words = labels.map { "\($0.name)=\($0.value.string ?? $0.value.description)" }
            lines.append(("labels", EventText.printable(words.joined(separator: " "))))
        }
        for (name, member) in [("created", "createdTimeUtc"), ("changed", "lastUpdatedTimeUtc"), ("etag", "etag")] {
            if let text = document[member]?.string { lines.append((name, text)) }
        }
        var all = AccessText.aligned(lines, for: console)
        for section in document["content"]?.object ?? [:] {
            guard let content = section.value.object, !content.isEmpty else { continue }
            var table = TextTable([.init(title: section.name.uppercased()), .init(title: "VALUE")])
            for member in content {
                table.add([(EventText.printable(member.name), .name), (PropertyLeaves.text(member.value), nil)])
            }
            all += [""] + table.lines(for: console)
        }
        let metrics = self.metrics(document)
        if !metrics.isEmpty {
            var table = TextTable([.init(title: "METRIC"), .init(title: "DEVICES", isNumber: true)])
            for metric in metrics { table.add([(EventText.printable(metric.name), .name), (metric.count, nil)]) }
            all += [""] + table.lines(for: console)
        }
        return all
    }

    /// A table of configurations.
    static func table(_ documents: [JSONObject]) -> TextTable {
        var table = TextTable([
            .init(title: "CONFIGURATION"), .init(title: "PRIORITY", isNumber: true),
            .init(title: "TARGETED", isNumber: true), .init(title: "APPLIED", isNumber: true), .init(title: "WHERE"),
        ])
        for document in documents {
            let counts = document["systemMetrics"]?.object?["results"]?.object
            func count(_ name: String) -> String {
                counts?[name]?.integer.map { ProgressBar.grouped(Int($0)) } ?? ""
            }
            table.add([
                (document["id"]?.string ?? "", .name), ("\(document["priority"]?.integer ?? 0)", nil),
                (count("targetedCount"), nil), (count("appliedCount"), nil),
                (EventText.printable(document["targetCondition"]?.string ?? ""), nil),
            ])
        }
        return table
    }

    /// The results of the gateway's own metrics and of the configuration's, in that order.
    private static func metrics(_ document: JSONObject) -> [(name: String, count: String)] {
        ["systemMetrics", "metrics"].flatMap { name in
            (document[name]?.object?["results"]?.object ?? [:]).map { member in
                (
                    name: member.name,
                    count: member.value.integer.map { ProgressBar.grouped(Int($0)) } ?? member.value.description
                )
            }
        }
    }
}
