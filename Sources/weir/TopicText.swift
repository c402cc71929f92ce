import GatewayClient

/// How topics are shown.
enum TopicText {
    /// A table of topics.
    static func table(_ topics: [TopicDescription]) -> TextTable {
        var table = TextTable([
            .init(title: "TOPIC"), .init(title: "PARTITIONS", isNumber: true), .init(title: "RECORDS", isNumber: true),
            .init(title: "SIZE", isNumber: true), .init(title: "STATUS"),
        ])
        for topic in topics {
            table.add([
                (topic.name, .name), ("\(topic.partitions)", nil), (ProgressBar.grouped(Int(topic.records)), nil),
                (self.size(topic.bytes), nil),
                (topic.reason.map { "\(topic.status): \($0)" } ?? topic.status, topic.status == "open" ? nil : .bad),
            ])
        }
        return table
    }

    /// Bytes in the unit that leaves at most four digits: `812 B`, `12.4 MiB`.
    static func size(_ bytes: Int64) -> String {
        var value = Double(bytes)
        var unit = 0
        let units = ["B", "KiB", "MiB", "GiB", "TiB"]
        while value >= 1_024, unit < units.count - 1 {
            value /= 1_024
            unit += 1
        }
        let tenths = Int((value * 10).rounded())
        return unit == 0 ? "\(bytes) B" : "\(tenths / 10).\(tenths % 10) \(units[unit])"
    }
}
