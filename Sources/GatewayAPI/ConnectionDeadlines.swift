/// How long one HTTP connection may take: a request to arrive whole, an answer to be taken.
///
/// Pure: the caller owns the socket and the clock. `now` is monotonic. A connection without a request is the
/// server's idle timeout's business, not this one's.
struct ConnectionDeadlines: Equatable, Sendable {
    /// Time left to a client that still sends a body whose answer has been written.
    static let drainTimeout: Duration = .seconds(2)

    private let requestTimeout: Duration
    private let stallTimeout: Duration
    /// When the request being read must have ended.
    private var requestDeadline: Duration?
    /// When the client must have taken what is written.
    private var stallDeadline: Duration?
    /// Requests begun and not answered whole.
    private var unanswered = 0

    init(requestTimeout: Duration, stallTimeout: Duration) {
        self.requestTimeout = requestTimeout
        self.stallTimeout = stallTimeout
    }

    /// When to look at the clock next; `nil`: nothing is awaited.
    var next: Duration? {
        switch (self.requestDeadline, self.stallDeadline) {
        case (let request?, let stall?): min(request, stall)
        case (let request, let stall): request ?? stall
        }
    }

    /// The headers of a request have come.
    mutating func requestBegan(at now: Duration) {
        self.unanswered += 1
        self.requestDeadline = now + self.requestTimeout
    }

    /// The last byte of the request's body has come.
    mutating func requestEnded() {
        self.requestDeadline = nil
    }

    /// The last part of an answer was written; whatever of its request has not come yet is of no use any more.
    mutating func answerEnded(at now: Duration) {
        self.unanswered -= 1
        if self.unanswered == 0, let deadline = self.requestDeadline {
            self.requestDeadline = min(deadline, now + ConnectionDeadlines.drainTimeout)
        }
    }

    /// The client stopped or went on taking the answer.
    mutating func writabilityChanged(to isWritable: Bool, at now: Duration) {
        self.stallDeadline = isWritable ? nil : now + self.stallTimeout
    }

    /// Whether the connection has used up its time.
    func isOver(at now: Duration) -> Bool {
        self.next.map { $0 <= now } ?? false
    }
}
