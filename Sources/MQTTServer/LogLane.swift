import EventLog

/// A log as one event loop writes to it.
struct LogLane {
    let appender: LogAppender
    let topic: LogTopic
    /// Whether the log has more than it can write, until its next notice.
    var isHeldBack = false

    init(_ appender: LogAppender, of topic: LogTopic) {
        self.appender = appender
        self.topic = topic
    }

    /// What one submit came to.
    enum Outcome {
        /// Nothing was staged.
        case nothing
        /// Durable with this ticket.
        case ticket(UInt64)
        /// What is staged stays; a notice follows.
        case heldBack
        /// Nothing of it happens.
        case refused(SubmitRefusal)
    }

    /// Hands what is staged to the log.
    mutating func submit() -> Outcome {
        guard self.appender.stagedCount > 0 else { return .nothing }
        switch self.appender.submit() {
        case .accepted(let ticket):
            // The notice for this ticket lets the connections go on.
            self.isHeldBack = self.topic.isBackedUp
            return .ticket(ticket)
        case .refused(.backedUp):
            self.isHeldBack = true
            return .heldBack
        case .refused(let refusal):
            return .refused(refusal)
        }
    }
}
