import TelemetryJSON

/// What a replay did.
struct ReplaySummary {
    let recordings: [ReplayProgress.Recording]
    let counters: FleetCounters.Snapshot
    let seconds: Double
    /// Whether a signal stopped it.
    let wasInterrupted: Bool
    /// Why the file of acknowledgements is not complete.
    let ackLogFault: String?
    let troubles: [(kind: String, count: Int)]

    /// Whether every row that was sent is stored, every file was read as far as the user wanted, and it was not trouble
    /// that kept the devices silent.
    var isComplete: Bool {
        self.counters.unacknowledged == 0 && self.counters.refused == 0 && self.ackLogFault == nil
            && self.recordings.allSatisfy { $0.failure == nil }
            && (self.counters.sent > 0 || self.troubles.isEmpty)
    }

    private var malformedCount: Int { self.recordings.reduce(0) { $0 + $1.malformed.count } }

    private var rowsPerSecond: Double {
        self.seconds > 0 ? (Double(self.counters.acknowledged) / self.seconds).rounded() : 0
    }

    /// One JSON object.
    var json: String {
        var writer = JSONWriter()
        writer.beginObject()
        for (name, number) in [
            ("files", self.recordings.count), ("sent", self.counters.sent),
            ("acknowledged", self.counters.acknowledged), ("unacknowledged", self.counters.unacknowledged),
            ("resent", self.counters.resent), ("malformed", self.malformedCount), ("refused", self.counters.refused),
        ] {
            writer.key(name)
            writer.number(number)
        }
        writer.key("seconds")
        writer.number(SummaryText.rounded(self.seconds))
        writer.key("rowsPerSecond")
        writer.number(Int(self.rowsPerSecond))
        writer.key("interrupted")
        writer.bool(self.wasInterrupted)
        writer.endObject()
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// Lines for people.
    var text: String {
        var lines = [
            "files           \(self.recordings.count)",
            "sent            \(SummaryText.grouped(self.counters.sent))",
            "acknowledged    \(SummaryText.grouped(self.counters.acknowledged))",
            "unacknowledged  \(SummaryText.grouped(self.counters.unacknowledged))",
            "resent          \(SummaryText.grouped(self.counters.resent))",
            "malformed       \(SummaryText.grouped(self.malformedCount))",
            "seconds         \(SummaryText.rounded(self.seconds))",
            "rows/s          \(SummaryText.grouped(Int(self.rowsPerSecond)))",
        ]
        if self.counters.refused > 0 { lines.append("refused         \(self.counters.refused) devices") }
        if self.wasInterrupted { lines.append("interrupted     the files were not read to their end") }
        lines += SummaryText.lines(self.troubles)
        return lines.joined(separator: "\n")
    }

    /// What was wrong with the files, in sentences.
    var complaints: [String] {
        var lines = [String]()
        for recording in self.recordings {
            for row in recording.malformed.first { lines.append("\(recording.path):\(row.line): \(row.fault)") }
            let more = recording.malformed.count - recording.malformed.first.count
            if more > 0 { lines.append("\(recording.path): and \(SummaryText.grouped(more)) more malformed rows") }
            if let failure = recording.failure { lines.append(failure) }
        }
        if let fault = self.ackLogFault { lines.append(fault) }
        return lines
    }
}
