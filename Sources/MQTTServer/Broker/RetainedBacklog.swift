import DequeModule
import MQTTProtocol
import NIOCore

/// Retained messages that a connection's new subscriptions still have to get. [MQTT-3.3.1-9]
///
/// - Bodies stay where they are, in the retained tree: what was replaced meanwhile is not kept alive, and not sent.
/// - Filters that match more than a look is allowed are searched in slices, when the client has taken what was found.
struct RetainedBacklog {
    /// A message that was found.
    struct Copy {
        let topic: ByteBuffer
        let delivery: Delivery
        /// Later messages reach the subscription as they are published.
        let sequenceMax: UInt64
    }

    /// A search that goes on.
    struct Scan {
        let subscription: Subscription
        let sequenceMax: UInt64
        /// Places of the tree when the subscription was made: what is behind them came later.
        let end: Int
        /// How far it came.
        var place = 0
    }

    private(set) var copies: Deque<Copy> = []
    /// One per filter, so no more than the session has subscriptions.
    var scans: Deque<Scan> = []
    /// Nodes these may look at.
    var visitsLeft = 0

    /// Copies that wait at most, one SUBSCRIBE's first look aside.
    static let copiesMax = 4_096
    /// The search pauses while so many wait.
    static let copiesEnough = 256
    /// Nodes a filter's first look may take, under the broker's lock; and those of one SUBSCRIBE together.
    static let firstVisitsMax = 2_048
    static let firstVisitsOfPacketMax = 16_384
    /// Copies in the journal that may wait for a persistent session while the search goes on.
    static let journaledMax = 4_096
    /// Nodes of a slice, under the broker's lock.
    static let sliceVisits = 1_024

    var isEmpty: Bool { self.copies.isEmpty && self.scans.isEmpty }

    mutating func add(_ copy: Copy) {
        self.copies.append(copy)
    }

    mutating func removeFirst() {
        self.copies.removeFirst()
    }

    /// Filters are subscribed to again, or not any more: searches for them end.
    mutating func forget(_ filters: Set<ExactText>) {
        guard !self.scans.isEmpty else { return }
        self.scans.removeAll { filters.contains(ExactText($0.subscription.fullFilter)) }
    }
}
