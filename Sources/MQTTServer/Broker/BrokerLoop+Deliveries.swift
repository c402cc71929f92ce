import NIOCore

extension BrokerLoop {
    /// Hands what lies in the inbox to the connections of this loop.
    func drainInbox() {
        self.isTelling = true
        self.takeInbox()
        self.tellReady()
    }

    /// The same without telling the connections; whether there was anything.
    @discardableResult
    private func takeInbox() -> Bool {
        guard let slot else { return false }
        self.broker.withState { _ in
            swap(&slot.inbox, &self.items)
            slot.isScheduled = false
        }
        guard !self.items.isEmpty else { return false }
        for item in self.items { item.attachment.offer(item.message) }
        self.items.removeAll(keepingCapacity: self.items.capacity <= 65_536)
        return true
    }

    /// Runs `body` under the lock when nothing is on its way to connections of this loop.
    func withEmptyInbox(_ body: (BrokerState) -> Void) {
        guard let slot else { return }
        while true {
            var isDone = false
            self.broker.wakeLoops { state in
                guard slot.inbox.isEmpty else { return }
                body(state)
                isDone = true
            }
            if isDone { break }
            self.takeInbox()
        }
    }

    /// A connection has something to write: it is told with the others, and never from within its own call.
    func note(ready attachment: Attachment) {
        self.ready.append(attachment)
        guard !self.isTelling else { return }
        self.isTelling = true
        self.eventLoop.assumeIsolated().execute { self.tellReady() }
    }

    func tellReady() {
        self.isTelling = false
        for attachment in exchange(&self.ready, with: []) { attachment.tellReady() }
    }
}
