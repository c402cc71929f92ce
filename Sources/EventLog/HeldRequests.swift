/// Producers' requests that were not taken yet; first in, first out, each step O(1) on average.
struct HeldRequests: Sendable {
    private var requests: [ProduceRequest?] = []
    /// Place of the first one.
    private var start = 0

    var isEmpty: Bool { self.start == self.requests.count }

    /// The one whose turn is next.
    var first: ProduceRequest? { self.isEmpty ? nil : self.requests[self.start] }

    /// All of them, in order.
    var all: [ProduceRequest] { self.requests[self.start...].compactMap { $0 } }

    mutating func append(_ request: ProduceRequest) {
        self.requests.append(request)
    }

    mutating func removeFirst() {
        guard !self.isEmpty else { return }
        self.requests[self.start] = nil
        self.start += 1
        guard self.start * 2 >= self.requests.count else { return }
        self.requests.removeFirst(self.start)
        self.start = 0
    }

    mutating func removeAll() {
        self.requests = []
        self.start = 0
    }
}
