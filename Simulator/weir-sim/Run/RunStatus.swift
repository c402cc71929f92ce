/// The status of a run in one line.
struct RunStatus {
    /// How often the line is rewritten on a terminal.
    static let interval = Duration.seconds(1)
    /// How often a line is written elsewhere.
    static let intervalPlain = Duration.seconds(5)

    let devices: Int
    let counters: FleetCounters.Snapshot
    let elapsed: Duration

    var line: String {
        "\(SummaryText.clock(self.elapsed))  devices \(self.counters.connected)/\(self.devices)"
            + "  sent \(SummaryText.grouped(self.counters.sent))"
            + "  acknowledged \(SummaryText.grouped(self.counters.acknowledged))"
            + "  in flight \(SummaryText.grouped(self.counters.unacknowledged))"
            + (self.counters.refused > 0 ? "  refused \(self.counters.refused)" : "")
    }
}
