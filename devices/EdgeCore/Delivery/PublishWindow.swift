/// The messages given to the broker and not yet acknowledged: at most a window of them, and none while offline.
///
/// libmosquitto queues without bound what it is given while disconnected and reuses message ids past 65,535; so this
/// window, and not the library, decides what may be sent, and it forgets every id with its connection.
///
/// ```
///   offline ──connected()──► online ──sent(mid)──► … ──acknowledged(mid)──►
///      ▲                        │
///      └──────disconnected()────┘   gives back what has to be sent again, in order
/// ```
package struct PublishWindow: Sendable {
    private enum State {
        case offline
        /// In the order sent, which is the order of numbers.
        case online(inFlight: [(messageID: Int32, message: Outgoing)])
    }

    package let limit: Int
    private var state = State.offline

    package init(limit: Int) {
        precondition(limit > 0, "a window of nothing never sends")
        self.limit = limit
    }

    package var inFlightCount: Int {
        switch self.state {
        case .offline: 0
        case .online(let inFlight): inFlight.count
        }
    }

    /// Messages in flight that the spool has too.
    package var spooledCount: Int {
        switch self.state {
        case .offline: 0
        case .online(let inFlight): inFlight.count { $0.message.parcel.ticket != nil }
        }
    }

    /// Whether another message may be given to the library now.
    package var hasRoom: Bool {
        switch self.state {
        case .offline: false
        case .online(let inFlight): inFlight.count < self.limit
        }
    }

    /// CONNACK has arrived. A connection starts with nothing in flight: what an earlier one had was given back.
    package mutating func connected() {
        precondition(self.inFlightCount == 0, "connected while the messages of another connection are in flight")
        self.state = .online(inFlight: [])
    }

    /// The library took a message and gave it an id.
    ///
    /// - Returns: `false` when the window has no room or the id is in flight already; the message must not count as sent.
    package mutating func sent(_ message: Outgoing, as messageID: Int32) -> Bool {
        switch self.state {
        case .offline: return false
        case .online(var inFlight):
            guard inFlight.count < self.limit, !inFlight.contains(where: { $0.messageID == messageID }) else {
                return false
            }
            self.state = .offline  // so that the array is changed in place
            inFlight.append((messageID, message))
            self.state = .online(inFlight: inFlight)
            return true
        }
    }

    /// PUBACK: its readings are the gateway's now. `nil` for an id that is not in flight.
    package mutating func acknowledged(_ messageID: Int32) -> Outgoing? {
        switch self.state {
        case .offline: return nil
        case .online(var inFlight):
            guard let index = inFlight.firstIndex(where: { $0.messageID == messageID }) else { return nil }
            self.state = .offline
            let message = inFlight.remove(at: index).message
            self.state = .online(inFlight: inFlight)
            return message
        }
    }

    /// The connection is gone. Gives back what was in flight, oldest first, to be sent again on the next one.
    package mutating func disconnected() -> [Outgoing] {
        switch self.state {
        case .offline: return []
        case .online(let inFlight):
            self.state = .offline
            return inFlight.map { $0.message }
        }
    }
}
