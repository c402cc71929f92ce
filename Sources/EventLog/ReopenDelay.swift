/// When a topic that a full disk has fenced may be reopened without anyone asking.
///
/// At once the first time; then after 1, 2, 4 … 60 s, and at once again when 120 s were quiet.
struct ReopenDelay: Equatable, Sendable {
    private static let delayMax: Duration = .seconds(60)
    private static let quietAfter: Duration = .seconds(120)

    private var delay: Duration = .zero
    private var last: Duration?

    init() {}

    /// Whether it may be reopened now; if so, this counts as one more time.
    mutating func isDue(uptime: Duration) -> Bool {
        if let last, uptime - last < self.delay { return false }
        if let last, uptime - last < ReopenDelay.quietAfter {
            self.delay = min(max(self.delay * 2, .seconds(1)), ReopenDelay.delayMax)
        } else {
            self.delay = .seconds(1)
        }
        self.last = uptime
        return true
    }
}
