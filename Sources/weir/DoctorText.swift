import GatewayClient

/// How checks of topics are shown.
enum DoctorText {
    /// Characters of the gateway's longest topic name: reports come one by one, before all names are known.
    private static let nameWidth = 12

    /// A line for the topic, and one for everything that is wrong with it.
    static func lines(_ state: TopicCheckDescription, for console: Console) -> [String] {
        guard let report = state.report else { return [] }
        let isGood = report.faults.isEmpty
        let mark = isGood ? console.colored("✓", .good) : console.colored("✗", .bad)
        let counts = [
            self.count(report.segments, "segment"), self.count(report.batches, "batch", "batches"),
            self.count(Int(report.records), "record"), TopicText.size(Int64(clamping: report.bytes)),
        ]
        let padding = String(repeating: " ", count: max(0, DoctorText.nameWidth - state.topic.count))
        var lines = ["\(mark) \(console.colored(state.topic, .name))\(padding)  \(counts.joined(separator: ", "))"]
        for fault in report.faults {
            let place = "\(fault.file), byte \(ProgressBar.grouped(Int(clamping: fault.byte)))"
            lines.append("    \(place): \(console.colored(EventText.printable(fault.detail), .bad))")
        }
        if report.tornBytes > 0 {
            let bytes = self.count(Int(clamping: report.tornBytes), "byte")
            lines.append(
                "    \(bytes) at the end were being written when the gateway was killed: its next start cuts them off, "
                    + "nothing acknowledged is lost"
            )
        }
        return lines
    }

    /// The last line.
    static func summary(_ reports: [TopicCheckDescription], for console: Console) -> String {
        let faults = reports.reduce(0) { $0 + ($1.report?.faults.count ?? 0) }
        let records = reports.reduce(0) { $0 + Int($1.report?.records ?? 0) }
        let topics = self.count(reports.count, "topic")
        guard faults > 0 else {
            return "every checksum is right: \(topics), \(self.count(records, "record"))"
        }
        let damaged = reports.count { $0.report?.faults.isEmpty == false }
        return "\(console.colored(self.count(faults, "fault"), .bad)) in \(damaged) of \(topics): "
            + "restore the files from a backup; the rest of the topic can be read"
    }

    private static func count(_ number: Int, _ one: String, _ many: String? = nil) -> String {
        "\(ProgressBar.grouped(number)) \(number == 1 ? one : many ?? one + "s")"
    }
}
