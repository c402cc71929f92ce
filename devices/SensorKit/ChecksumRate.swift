/// How many of a sensor's answers have a wrong checksum: now and then is noise that retries mend, more than one in a
/// hundred is a cable that is too long, or missing pull-ups, and a person should know.
///
/// Counted over windows of a thousand attempts; a window that has enough wrong ones is judged before it ends.
package struct ChecksumRate: Equatable, Sendable {
    package static let window = 1_000
    /// Wrong ones in a window that are still noise: 1 %.
    package static let wrongMax = 10

    package enum Change: Equatable, Sendable {
        case none
        /// More than 1 % since the last window began.
        case noisy
        /// A whole window with 1 % or less.
        case quiet
    }

    private var attempts = 0
    private var wrong = 0
    private var isNoisy = false

    package init() {}

    package mutating func attempted(isWrong: Bool) -> Change {
        self.attempts += 1
        if isWrong { self.wrong += 1 }
        let isOver = self.wrong > Self.wrongMax
        defer {
            if self.attempts == Self.window {
                self.attempts = 0
                self.wrong = 0
            }
        }
        if isOver, !self.isNoisy {
            self.isNoisy = true
            return .noisy
        }
        if self.isNoisy, !isOver, self.attempts == Self.window {
            self.isNoisy = false
            return .quiet
        }
        return .none
    }
}
