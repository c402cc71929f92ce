import GatewayClient

/// A progress bar that closures share: begun anew for every piece of work, erased before a line of the result.
final class ProgressDisplay {
    private var bar: ProgressBar?
    private var title = ""

    /// Draws when it is time to; another title begins another bar.
    ///
    /// - Parameters:
    ///   - title: what is done, in a word.
    ///   - done: how much is done.
    ///   - total: how much there is to do; `nil` when nobody knows.
    ///   - detail: more words at the end of the line.
    func show(_ title: String, _ done: Int, of total: Int?, detail: String) {
        var bar = ProgressBar(title: title, total: total)
        if self.title == title, let current = self.bar.take() { bar = current }
        self.title = title
        bar.update(done, detail: detail)
        self.bar = consume bar
    }

    /// Erases the bar.
    func clear() {
        self.bar = nil
        self.title = ""
    }
}
