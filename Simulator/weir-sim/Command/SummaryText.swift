import GatewayClient

/// Numbers and lines that both summaries write alike.
enum SummaryText {
    /// A number with its thousands parted.
    static func grouped(_ number: Int) -> String { ProgressBar.grouped(number) }

    /// Cut to hundredths.
    static func rounded(_ seconds: Double) -> Double { (seconds * 100).rounded() / 100 }

    /// A line for each kind of trouble.
    static func lines(_ troubles: [(kind: String, count: Int)]) -> [String] {
        troubles.map { "trouble         \(SummaryText.grouped($0.count)) × \($0.kind)" }
    }

    /// Minutes and seconds: `3:07`, `1:02:07`.
    static func clock(_ elapsed: Duration) -> String {
        let seconds = elapsed.components.seconds
        func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let minutes = "\(two(seconds % 60))"
        return seconds < 3_600
            ? "\(seconds / 60):\(minutes)" : "\(seconds / 3_600):\(two(seconds / 60 % 60)):\(minutes)"
    }
}
