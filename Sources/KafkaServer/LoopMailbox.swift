import NIOCore
import Synchronization

/// What other threads have for one event loop: handed over in batches, one `execute` for all that gathered.
final class LoopMailbox: Sendable {
    private let eventLoop: any EventLoop
    private let deliver: @Sendable ([LoopMail]) -> Void
    private let mail = Mutex<[LoopMail]>([])

    /// A mailbox whose `deliver` is called on `eventLoop`.
    init(eventLoop: any EventLoop, deliver: @escaping @Sendable ([LoopMail]) -> Void) {
        self.eventLoop = eventLoop
        self.deliver = deliver
    }

    /// Hands something over; any thread, does not block.
    func post(_ item: LoopMail) {
        let isFirst = self.mail.withLock { mail in
            mail.append(item)
            return mail.count == 1
        }
        guard isFirst else { return }
        self.eventLoop.execute {
            self.deliver(self.mail.withLock { exchange(&$0, with: []) })
        }
    }
}
