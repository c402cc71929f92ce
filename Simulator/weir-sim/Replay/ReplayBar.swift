import GatewayClient
import Synchronization

/// The progress bar of a replay: bytes of the files read, rows stored, rows a second.
final class ReplayBar: Sendable {
    static let interval = Duration.milliseconds(200)

    /// One stretch of the rate shown.
    private struct Rate {
        var acknowledged = 0
        var elapsed = Duration.zero
        var perSecond = 0
    }

    private struct Shown: ~Copyable {
        var bar: ProgressBar
        var rate = Rate()
    }

    private let shown: Mutex<Shown?>

    /// - Parameter totalBytes: of all files on the disk.
    init(totalBytes: Int) {
        self.shown = Mutex(Shown(bar: ProgressBar(title: "replay", total: totalBytes / 1_024)))
    }

    func update(_ recordings: [ReplayProgress.Recording], counters: FleetCounters.Snapshot, elapsed: Duration) {
        let kibibytes = recordings.reduce(0) { $0 + $1.bytesRead } / 1_024
        self.shown.withLock { shown in
            guard var current = shown.take() else { return }
            let stretch = elapsed - current.rate.elapsed
            if stretch >= .seconds(1) {
                let rows = Double(counters.acknowledged - current.rate.acknowledged)
                current.rate.perSecond = Int(rows / (stretch / .seconds(1)))
                current.rate.acknowledged = counters.acknowledged
                current.rate.elapsed = elapsed
            }
            let stored = SummaryText.grouped(counters.acknowledged)
            let perSecond = SummaryText.grouped(current.rate.perSecond)
            current.bar.update(kibibytes, detail: "KiB  \(stored) rows stored  \(perSecond)/s")
            shown = consume current
        }
    }

    /// Erases the bar.
    func finish() {
        self.shown.withLock { $0 = nil }
    }
}
