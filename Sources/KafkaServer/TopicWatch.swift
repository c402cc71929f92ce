import EventLog
import Synchronization

/// Tells one event loop of commits to one topic, while something there waits for them: once, however many come before
/// the loop looks.
///
/// Everything but ``isArmed`` is confined to the loop.
final class TopicWatch: @unchecked Sendable {  // because the variables are used on the loop only
    let topic: LogTopic
    private let isArmed = Atomic<Bool>(false)
    private var observation: CommitObservation?
    private var waiting: Set<UInt64> = []
    private var idleTicks = 0

    /// A watch that nobody waits at.
    init(topic: LogTopic, mailbox: LoopMailbox) {
        self.topic = topic
        self.observation = topic.observeCommits { [weak self, mailbox] in
            guard let self, self.isArmed.exchange(false, ordering: .sequentiallyConsistent) else { return }
            mailbox.post(.committed(self))
        }
    }

    /// A connection waits from now on; look at the topic's ends again after this, a commit may have come before it.
    func wait(_ connection: UInt64) {
        self.waiting.insert(connection)
        self.idleTicks = 0
        self.isArmed.store(true, ordering: .sequentiallyConsistent)
    }

    /// A connection waits no more.
    func leave(_ connection: UInt64) {
        self.waiting.remove(connection)
    }

    /// All that wait; none does any more.
    func takeAll() -> Set<UInt64> {
        exchange(&self.waiting, with: [])
    }

    /// Counts how long nobody has waited.
    func isIdleTick() -> Int {
        self.idleTicks = self.waiting.isEmpty ? self.idleTicks + 1 : 0
        return self.idleTicks
    }
}
