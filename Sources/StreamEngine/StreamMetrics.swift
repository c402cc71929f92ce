internal import Metrics

/// What a stream tells the metrics system, from one status to the next.
struct StreamMetrics {
    private let records = Counter(label: "weir_streams_records_total")
    private let values = Counter(label: "weir_streams_values_total")
    private let windows = Counter(label: "weir_streams_windows_total")
    private let alerts = Counter(label: "weir_streams_alerts_total")
    private let deadLetters = Counter(label: "weir_streams_dead_letters_total")
    private let ignored = Counter(label: "weir_streams_ignored_total")
    private let late = Counter(label: "weir_streams_late_readings_total")
    private let wrongClocks = Counter(label: "weir_streams_wrong_clocks_total")
    private let refused = Counter(label: "weir_streams_refused_values_total")
    private let evicted = Counter(label: "weir_streams_evicted_devices_total")
    private let lag = Gauge(label: "weir_streams_lag_records")
    private let series = Gauge(label: "weir_streams_series")
    private let checkpointBytes = Gauge(label: "weir_streams_checkpoint_bytes")
    private let isRunning = Gauge(label: "weir_streams_running")
    private var last = StreamCounts()

    mutating func report(_ status: StreamStatus) {
        let counts = status.counts
        self.records.increment(by: counts.records - self.last.records)
        self.values.increment(by: counts.values - self.last.values)
        self.windows.increment(by: counts.windows - self.last.windows)
        self.alerts.increment(by: counts.alerts - self.last.alerts)
        self.deadLetters.increment(by: counts.deadLetters - self.last.deadLetters)
        self.ignored.increment(by: counts.ignored - self.last.ignored)
        self.late.increment(by: counts.lateReadings - self.last.lateReadings)
        self.wrongClocks.increment(by: counts.wrongClocks - self.last.wrongClocks)
        self.refused.increment(by: counts.refusedValues - self.last.refusedValues)
        self.evicted.increment(by: counts.evictedDevices - self.last.evictedDevices)
        self.last = counts
        self.lag.record(status.lagRecords)
        self.series.record(status.series)
        self.checkpointBytes.record(status.checkpointBytes)
        self.isRunning.record(status.phase == .running ? 1 : 0)
    }
}
