internal import DequeModule

/// The requests of one connection about its twin, one step at a time and in order.
///
/// - A read waits for the writes before it, so that it sees them; writes do not wait for each other.
/// - At most ``waitingMax`` requests wait or are being written; one more is refused.
/// - Who works for many lanes takes one step of each in turn: no connection starves another.
struct LinkLane<Request> {
    /// Requests of one connection.
    static var waitingMax: Int { 20 }

    /// What to do with a request that came.
    enum Admission: Equatable {
        /// Start to work for this lane.
        case start
        case wait
        case refuse
    }

    /// The next step of a worker.
    enum Step {
        case read(Request)
        case write(Request)
        /// Nothing to do until a request comes or a write ends.
        case rest
    }

    private var requests = Deque<(request: Request, isWrite: Bool)>()
    private var writesOpen = 0
    private var isWorking = false

    /// A request came.
    mutating func received(_ request: Request, isWrite: Bool) -> Admission {
        guard self.requests.count + self.writesOpen < LinkLane.waitingMax else { return .refuse }
        self.requests.append((request, isWrite))
        return self.start()
    }

    /// The step to take now; asked by the one who works for the lane.
    mutating func next() -> Step {
        guard let next = self.requests.first, next.isWrite || self.writesOpen == 0 else {
            self.isWorking = false
            return .rest
        }
        self.requests.removeFirst()
        if next.isWrite { self.writesOpen += 1 }
        return next.isWrite ? .write(next.request) : .read(next.request)
    }

    /// A write is answered.
    mutating func writeEnded() -> Admission {
        self.writesOpen -= 1
        return self.requests.isEmpty ? .wait : self.start()
    }

    private mutating func start() -> Admission {
        guard !self.isWorking else { return .wait }
        self.isWorking = true
        return .start
    }
}
