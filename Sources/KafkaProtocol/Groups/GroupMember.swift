internal import NIOCore

/// A member of a ``ConsumerGroup``.
struct GroupMember: Sendable {
    var id: String
    let instanceID: String?
    /// Members are told of and elected in this order.
    let order: UInt64
    var clientID: String
    var clientHost: String
    var sessionTimeout: Duration
    var rebalanceTimeout: Duration
    var offers: [GroupProtocolOffer]
    /// Whether the client knows ``id``: it came with it, or was answered with it.
    var isIDKnown: Bool
    /// The JoinGroup to be answered at the end of the join phase.
    var join: GroupRequestID?
    /// The SyncGroup to be answered with the leader's.
    var sync: GroupRequestID?
    /// Whether it has been given its assignment of this generation.
    var hasSynced = false
    /// When its silence ends its membership, unless it waits for an answer.
    var deadline: Duration
    /// What the leader gave it in this generation.
    var assignment = ByteBuffer()

    /// Whether an answer is owed to it; its session does not end meanwhile.
    var isWaiting: Bool { self.join != nil || self.sync != nil }

    /// Bytes it keeps.
    var bytes: Int { GroupMember.bytes(of: self.offers) + self.assignment.readableBytes }

    static func bytes(of offers: [GroupProtocolOffer]) -> Int {
        offers.reduce(0) { $0 + $1.name.utf8.count + $1.metadata.readableBytes }
    }

    /// What it offered under a protocol; empty for one that it did not offer.
    func metadata(of protocolName: String) -> ByteBuffer {
        self.offers.first { $0.name == protocolName }?.metadata ?? ByteBuffer()
    }

    /// Takes over what a new JoinGroup says.
    mutating func update(_ join: GroupJoin) {
        self.clientID = join.clientID
        self.clientHost = join.clientHost
        self.sessionTimeout = .milliseconds(join.sessionTimeoutMilliseconds)
        self.rebalanceTimeout = join.rebalanceTimeout
        self.offers = join.protocols
    }

    /// It was heard of.
    mutating func heard(at now: Duration) {
        self.deadline = now + self.sessionTimeout
    }
}

extension GroupJoin {
    /// As asked; the session's when the client asks for none.
    var rebalanceTimeout: Duration {
        let asked = self.rebalanceTimeoutMilliseconds
        return .milliseconds(asked > 0 ? asked : self.sessionTimeoutMilliseconds)
    }
}
