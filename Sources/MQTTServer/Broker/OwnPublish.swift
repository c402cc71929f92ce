/// Messages of the gateway's own on their way; whoever published them is told what became of them, exactly once.
///
/// Confined to one event loop. Let go without an answer, because the loop has ended, they count as lost.
final class OwnPublish {
    private var told: ((Bool) -> Void)?

    /// - Parameter told: called once: whether they are published, the retained ones durably.
    init(_ told: @escaping (Bool) -> Void) {
        self.told = told
    }

    deinit { self.told?(false) }

    func finish(isDone: Bool) {
        exchange(&self.told, with: nil)?(isDone)
    }
}
