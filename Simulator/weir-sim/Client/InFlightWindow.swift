import DequeModule

/// The messages that were sent and not yet acknowledged, in the order of sending.
///
/// - Packet identifiers are given out in sequence, 1 to 65535 and round again, so a message is found by subtraction.
/// - An acknowledgement out of order is remembered; its place is freed when everything sent before it is acknowledged.
/// - The window counts from the oldest unacknowledged message, so it bounds identifiers and memory alike.
///
/// Spec: MQTT 3.1.1 §2.3.1, §4.4, §4.6.
struct InFlightWindow: Sendable {
    private struct Entry: Sendable {
        var message: OutgoingMessage
        var isAcknowledged = false
    }

    /// The most messages in flight. Far below 65535, so that a late PUBACK never meets a reused identifier.
    static let limitMax = 32_768

    private let limit: Int
    private var entries = Deque<Entry>()
    /// Of the first entry, or of the next message when there is none.
    private var firstID: UInt16 = 1

    /// An empty window.
    ///
    /// - Parameter limit: messages in flight, 1 ... ``limitMax``.
    init(limit: Int) {
        precondition((1...InFlightWindow.limitMax).contains(limit), "a window is 1 to \(InFlightWindow.limitMax)")
        self.limit = limit
    }

    var isFull: Bool { self.entries.count >= self.limit }

    var isEmpty: Bool { self.entries.isEmpty }

    /// Messages that wait for their acknowledgement. O(window) only when acknowledgements came out of order.
    var unacknowledgedCount: Int { self.entries.count - self.acknowledgedAheadCount }

    /// Acknowledged entries behind an unacknowledged one.
    private var acknowledgedAheadCount = 0

    /// Takes a message; the window is not full.
    ///
    /// - Parameter message: what is sent.
    /// - Returns: its packet identifier.
    mutating func append(_ message: OutgoingMessage) -> UInt16 {
        precondition(!self.isFull, "the window is asked before a message is sent")
        let id = InFlightWindow.id(self.firstID, advancedBy: self.entries.count)
        self.entries.append(Entry(message: message))
        return id
    }

    /// Takes a PUBACK.
    ///
    /// - Parameter id: its packet identifier, whatever the peer sent.
    /// - Returns: the message's number, or `nil` when no unacknowledged message has this identifier.
    mutating func acknowledge(_ id: UInt16) -> Int? {
        guard id != 0 else { return nil }
        let distance = Int(id) - Int(self.firstID)
        let index = distance >= 0 ? distance : distance + Int(UInt16.max)
        guard index < self.entries.count, !self.entries[index].isAcknowledged else { return nil }
        self.entries[index].isAcknowledged = true
        self.acknowledgedAheadCount += 1
        let number = self.entries[index].message.number
        while let first = self.entries.first, first.isAcknowledged {
            self.entries.removeFirst()
            self.acknowledgedAheadCount -= 1
            self.firstID = InFlightWindow.id(self.firstID, advancedBy: 1)
        }
        return number
    }

    /// Every unacknowledged message with its identifier, oldest first: what is sent again [MQTT-4.4.0-1, 4.6.0-1].
    func forEachUnacknowledged(_ body: (UInt16, OutgoingMessage) -> Void) {
        for (index, entry) in self.entries.enumerated() where !entry.isAcknowledged {
            body(InFlightWindow.id(self.firstID, advancedBy: index), entry.message)
        }
    }

    /// Identifiers are 1 to 65535 [MQTT-2.3.1-1].
    private static func id(_ id: UInt16, advancedBy count: Int) -> UInt16 {
        let sum = Int(id) + count
        return UInt16(sum > Int(UInt16.max) ? sum - Int(UInt16.max) : sum)
    }
}
