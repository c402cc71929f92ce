/// The calls of direct methods that wait for an answer.
///
/// An answer is taken from the connection that got the call, and only once. Source: contract iothub-mqtt section 8.
struct PendingMethods<Waiter> {
    /// Calls that wait for one connection.
    static var connectionMax: Int { 64 }
    /// Calls that wait in all.
    static var totalMax: Int { 10_000 }

    /// Where a call's answer comes from.
    struct Key: Hashable, Sendable {
        var connectionID: UInt64
        var requestID: String
    }

    private var byConnection: [UInt64: [String: Waiter]] = [:]
    /// Calls that wait.
    private(set) var count = 0

    /// Adds a call of a request id that is not in use; `false` when there is no room.
    mutating func add(_ waiter: Waiter, for key: Key) -> Bool {
        let calls = self.byConnection[key.connectionID]?.count ?? 0
        guard self.count < Self.totalMax, calls < Self.connectionMax else { return false }
        let other = self.byConnection[key.connectionID, default: [:]].updateValue(waiter, forKey: key.requestID)
        precondition(other == nil, "a request id is random and used once")
        self.count += 1
        return true
    }

    /// Takes a call out: it was answered, or nobody waits any more. `nil` when it is not there.
    mutating func remove(_ key: Key) -> Waiter? {
        guard let waiter = self.byConnection[key.connectionID]?.removeValue(forKey: key.requestID) else { return nil }
        self.count -= 1
        if self.byConnection[key.connectionID]?.isEmpty == true { self.byConnection[key.connectionID] = nil }
        return waiter
    }

    /// Takes out all calls of a connection: it ended.
    mutating func removeAll(of connectionID: UInt64) -> [Waiter] {
        guard let calls = self.byConnection.removeValue(forKey: connectionID) else { return [] }
        self.count -= calls.count
        return Array(calls.values)
    }
}
