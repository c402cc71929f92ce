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

    /// Prints one topic: JSON, or what it holds, how it is set and its partitions.
    static func print(_ topic: TopicDescription, _ output: OutputOptions) throws {
        let console = Console.current
        if output.isJSON { return try console.print(JSONLine.encode(topic)) }
        for line in self.lines(topic, for: console) { try console.print(line) }
        var table = TextTable([
            .init(title: "PARTITION", isNumber: true), .init(title: "FIRST", isNumber: true),
            .init(title: "NEXT", isNumber: true), .init(title: "RECORDS", isNumber: true),
        ])
        for (partition, (start, end)) in zip(topic.startOffsets, topic.endOffsets).enumerated() {
            table.add(["\(partition)", "\(start)", "\(end)", ProgressBar.grouped(Int(end - start))])
        }
        try console.print("")
        try table.print(to: console)
    }

    /// A topic's head: name, status, contents and settings.
    static func lines(_ topic: TopicDescription, for console: Console) -> [String] {
        let isOpen = topic.status == "open"
        var lines = [
            "\(console.colored(topic.name, .name)): \(console.colored(topic.status, isOpen ? .good : .bad))"
        ]
        if let reason = topic.reason { lines.append("  \(console.colored(reason, .bad))") }
        let segments = topic.segments.map { $0 == 1 ? " in 1 segment" : " in \($0) segments" } ?? ""
        lines.append(
            "holds           \(ProgressBar.grouped(Int(topic.records))) records, \(self.size(topic.bytes))\(segments)"
        )
        guard let settings = topic.settings else { return lines }
        let age = settings.retentionMilliseconds.map { DurationText.short(seconds: $0 / 1_000) } ?? "forever"
        let bytes = settings.retentionBytes.map { self.size($0) } ?? "unlimited"
        lines += [
            "retention       \(age)", "retention size  \(bytes)",
            "segment         \(self.size(settings.segmentBytesMax)) or "
                + DurationText.short(seconds: settings.segmentMillisecondsMax / 1_000),
            "message         \(self.size(settings.messageBytesMax)) at most",
            "timestamp       \(settings.timestampType)",
        ]
        return lines
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
