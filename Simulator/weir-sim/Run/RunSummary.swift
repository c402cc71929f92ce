import TelemetryJSON

/// What a run of a scenario did.
struct RunSummary {
    let devices: Int
    let counters: FleetCounters.Snapshot
    let seconds: Double
    let troubles: [(kind: String, count: Int)]

    /// Whether every reading that was sent is stored, no device was refused, and it was not trouble that kept the fleet
    /// silent.
    var isComplete: Bool {
        self.counters.unacknowledged == 0 && self.counters.refused == 0
            && (self.counters.sent > 0 || self.troubles.isEmpty)
    }

    /// One JSON object.
    var json: String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("sent")
        writer.number(self.counters.sent)
        writer.key("acknowledged")
        writer.number(self.counters.acknowledged)
        writer.key("unacknowledged")
        writer.number(self.counters.unacknowledged)
        writer.key("resent")
        writer.number(self.counters.resent)
        writer.key("seconds")
        writer.number(SummaryText.rounded(self.seconds))
        writer.key("devices")
        writer.number(self.devices)
        writer.key("refused")
        writer.number(self.counters.refused)
        writer.endObject()
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// Lines for people.
    var text: String {
        var lines = [
            "devices         \(self.devices)",
            "sent            \(SummaryText.grouped(self.counters.sent))",
            "acknowledged    \(SummaryText.grouped(self.counters.acknowledged))",
            "unacknowledged  \(SummaryText.grouped(self.counters.unacknowledged))",
            "resent          \(SummaryText.grouped(self.counters.resent))",
            "seconds         \(SummaryText.rounded(self.seconds))",
        ]
        if self.counters.refused > 0 { lines.append("refused         \(self.counters.refused) devices") }
        lines += SummaryText.lines(self.troubles)
        return lines.joined(separator: "\n")
    }
}
