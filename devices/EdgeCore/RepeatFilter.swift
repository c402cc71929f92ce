/// Collapses a line that is logged again and again: the first is written, the next are counted, and said now and then.
///
/// ```
///  A A A A … (10th) B   ─►   A · "the last line came 10 times" · "the last line came 14 times" · B
/// ```
/// Only lines that follow each other are the same: a change of state between them is always told.
package struct RepeatFilter: Sendable {
    package struct Line: Equatable, Sendable {
        package var level: LogLevel
        package var text: String

        package init(_ level: LogLevel, _ text: String) {
            self.level = level
            self.text = text
        }
    }

    private var last: Line?
    /// How often the last line came.
    private var count = 0
    /// How often it has been said that it came.
    private var saidCount = 0

    package init() {}

    /// What is to be written for a line that comes.
    package mutating func lines(for line: Line) -> [Line] {
        guard line == self.last else {
            let rest = self.pending
            self.last = line
            self.count = 1
            self.saidCount = 1
            return rest + [line]
        }
        self.count += 1
        // At 10, 100, 1,000, …: a line that never ends is not silence.
        guard self.count >= self.saidCount * 10 else { return [] }
        return self.pending
    }

    /// What has not been said of the last line.
    private var pending: [Line] {
        mutating get {
            guard let last = self.last, self.count > self.saidCount else { return [] }
            self.saidCount = self.count
            return [Line(last.level, "the last line came \(self.count) times")]
        }
    }
}
