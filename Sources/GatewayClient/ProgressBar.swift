import Glibc

/// A bar on stderr for work that takes longer than a moment: `imported  [######----]  61%  6,120 of 10,000`.
///
/// Draws only when stderr is a terminal, at most ten times a second, and erases itself at the end, so that output
/// on stdout and messages stay clean. Owned by one task.
package struct ProgressBar: ~Copyable {
    /// Time between two drawings.
    private static let interval: Duration = .milliseconds(100)
    private static let width = 30

    private let title: String
    /// How much there is to do; `nil` when nobody knows.
    private let total: Int?
    private let isShown: Bool
    private var lastDrawn: ContinuousClock.Instant?

    /// A bar; nothing is drawn yet.
    ///
    /// - Parameters:
    ///   - title: what is done, in a word.
    ///   - total: how much there is to do; `nil` when nobody knows.
    ///   - isShown: whether to draw at all.
    package init(title: String, total: Int?, isShown: Bool = isatty(STDERR_FILENO) == 1) {
        self.title = title
        self.total = total
        self.isShown = isShown
    }

    deinit {
        if self.lastDrawn != nil { ProgressBar.write("\r\u{1B}[K") }
    }

    /// Draws when it is time to.
    ///
    /// - Parameters:
    ///   - done: how much is done.
    ///   - detail: more words at the end of the line.
    package mutating func update(_ done: Int, detail: String = "") {
        guard self.isShown else { return }
        let now = ContinuousClock.now
        if let lastDrawn, now - lastDrawn < ProgressBar.interval { return }
        self.lastDrawn = now
        let line = ProgressBar.line(title: self.title, done: done, total: self.total, detail: detail)
        ProgressBar.write("\r\u{1B}[K" + line)
    }

    /// Erases the bar.
    package consuming func finish() {}

    /// The bar's text, without control characters.
    package static func line(title: String, done: Int, total: Int?, detail: String = "") -> String {
        let tail = detail.isEmpty ? "" : "  \(detail)"
        guard let total, total > 0 else { return "\(title)  \(ProgressBar.grouped(done))\(tail)" }
        let part = min(max(Double(done) / Double(total), 0), 1)
        let filled = Int(part * Double(ProgressBar.width))
        let bar = String(repeating: "#", count: filled) + String(repeating: "-", count: ProgressBar.width - filled)
        let percent = "\(Int(part * 100))%"
        let padding = String(repeating: " ", count: 4 - percent.count)
        let count = "\(ProgressBar.grouped(done)) of \(ProgressBar.grouped(total))"
        return "\(title)  [\(bar)] \(padding)\(percent)  \(count)\(tail)"
    }

    /// A number with its thousands parted: `10,000`.
    package static func grouped(_ number: Int) -> String {
        var out = [Character]()
        for (index, digit) in String(number.magnitude).reversed().enumerated() {
            if index > 0, index.isMultiple(of: 3) { out.append(",") }
            out.append(digit)
        }
        return (number < 0 ? "-" : "") + String(out.reversed())
    }

    private static func write(_ text: String) {
        var text = text
        // A progress bar that cannot be drawn is no reason to stop.
        text.withUTF8 { _ = Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
