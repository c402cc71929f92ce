/// What the demo's end says.
struct DemoSummary: Equatable {
    var counts: Demo.FleetCounts
    /// Records that topic `telemetry` gained.
    var inTheLog: Int64
    /// Records that topic `alerts` gained.
    var alerts: Int64

    /// Acknowledged and not in the log: 0, or Weir has broken its promise.
    var lost: Int64 { max(0, self.counts.acknowledged - self.inTheLog) }

    /// Lines for people.
    var text: String {
        """

        sent          \(self.counts.sent)
        acknowledged  \(self.counts.acknowledged)
        in the log    \(self.inTheLog)
        lost          \(self.lost)
        alerts        \(self.alerts)
        """
    }
}
