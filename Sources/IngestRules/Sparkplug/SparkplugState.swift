import TelemetryModel

/// The birth certificates of all edge nodes: what an alias in their data means. Lives in memory only: after a restart a node
/// is asked for its birth at its first message.
///
/// Not synchronized; the gateway guards it with one lock, held for one message.
package struct SparkplugState: Sendable {
    /// What the certificates of all nodes may take.
    package struct Limits: Equatable, Sendable {
        /// Nodes known at once; further births become dead letters.
        package var nodesMax = 4_096
        package var devicesPerNodeMax = 1_024
        /// Metrics of all nodes, about 0.1 to 0.4 KiB each.
        package var metricsMax = 262_144
        /// Between two requests to one node: a birth may take a slow node seconds.
        package var rebirthInterval: Duration = .seconds(10)
        /// Requests to all nodes in one second, so that a restarted gateway is not answered by all at once.
        package var rebirthsPerSecondMax = 50

        /// The standard limits.
        package init() {}
    }

    /// A node: group and edge node together are unique. [tck-id-topic-structure-namespace-unique-edge-node-descriptor]
    struct Key: Hashable, Sendable {
        var group: String
        var node: String
    }

    /// Why a birth certificate was not kept.
    struct Refusal: Error, Equatable, Sendable {
        var reason: String
    }

    package let limits: Limits
    private var nodes: [Key: SparkplugNode] = [:]
    /// Metrics in all certificates.
    package private(set) var metricCount = 0
    private var second: Int64 = 0
    private var askedInSecond = 0

    /// A state that knows no node.
    package init(limits: Limits = Limits()) {
        self.limits = limits
    }

    /// Nodes known or asked.
    package var nodeCount: Int { self.nodes.count }

    func node(_ key: Key) -> SparkplugNode? {
        self.nodes[key]
    }

    func certificate(_ key: Key, device: String?) -> SparkplugNode.Certificate? {
        guard let node = self.nodes[key] else { return nil }
        return device.map { node.devices[$0] } ?? node.certificate
    }

    // MARK: Birth and death

    /// Takes a node's birth: all it was before, its devices too, is forgotten. [tck-id-topics-nbirth-rebirth…]
    mutating func nodeBorn(
        _ key: Key,
        certificate: SparkplugNode.Certificate,
        bdSeq: UInt64?,
        sequence: UInt8?,
        at now: Timestamp
    ) throws(Refusal) {
        let old = self.nodes[key]
        try self.makeRoom(for: key, at: now)
        try self.reserve(certificate.count, instead: old?.metricCount ?? 0)
        var node = SparkplugNode()
        node.askedAt = old?.askedAt
        node.certificate = certificate
        node.bdSeq = bdSeq
        node.sequenceNext = sequence.map { $0 &+ 1 }
        self.nodes[key] = node
    }

    /// Takes a device's birth.
    mutating func deviceBorn(
        _ key: Key,
        device: String,
        certificate: SparkplugNode.Certificate,
        at now: Timestamp
    ) throws(Refusal) {
        try self.makeRoom(for: key, at: now)
        let old = self.nodes[key]?.devices[device]?.count
        if old == nil, let count = self.nodes[key]?.devices.count, count >= self.limits.devicesPerNodeMax {
            throw Refusal(reason: "the edge node has more than \(self.limits.devicesPerNodeMax) devices")
        }
        try self.reserve(certificate.count, instead: old ?? 0)
        self.nodes[key, default: SparkplugNode()].devices[device] = certificate
    }

    /// Takes a node's death, unless it is that of an earlier life.
    ///
    /// - Returns: the devices that were alive; `nil` when the death is an old one. [tck-id-payloads-ndeath-bdseq]
    mutating func nodeDied(_ key: Key, bdSeq: UInt64?) -> [String]? {
        guard let node = self.nodes[key] else { return [] }
        if let known = node.bdSeq, let bdSeq, known != bdSeq { return nil }
        self.metricCount -= node.metricCount
        self.nodes[key] = nil
        return node.devices.keys.sorted()
    }

    mutating func deviceDied(_ key: Key, device: String) {
        guard let certificate = self.nodes[key]?.devices.removeValue(forKey: device) else { return }
        self.metricCount -= certificate.count
    }

    // MARK: Order

    /// Takes a message's sequence number.
    ///
    /// - Returns: how many messages before it are missing, 0 to 255. [tck-id-payloads-sequence-num-incrementing]
    mutating func received(_ sequence: UInt8, of key: Key) -> Int {
        guard let expected = self.nodes[key]?.sequenceNext else { return 0 }
        self.nodes[key]?.sequenceNext = sequence &+ 1
        return Int(sequence &- expected)
    }

    /// Whether to ask a node for its birth now.
    mutating func mayAsk(_ key: Key, at now: Timestamp) -> Bool {
        if let asked = self.nodes[key]?.askedAt, now >= asked, now - asked < self.limits.rebirthInterval {
            return false
        }
        let second = now.milliseconds / 1_000
        if second != self.second { (self.second, self.askedInSecond) = (second, 0) }
        guard self.askedInSecond < self.limits.rebirthsPerSecondMax, (try? self.makeRoom(for: key, at: now)) != nil
        else {
            return false
        }
        self.askedInSecond += 1
        self.nodes[key, default: SparkplugNode()].askedAt = now
        return true
    }

    // MARK: Bounds

    private mutating func makeRoom(for key: Key, at now: Timestamp) throws(Refusal) {
        guard self.nodes[key] == nil, self.nodes.count >= self.limits.nodesMax else { return }
        // Nodes that were asked and never answered go first, and not more often than they may be asked.
        let interval = self.limits.rebirthInterval
        self.nodes = self.nodes.filter { _, node in
            node.certificate != nil || !node.devices.isEmpty || node.askedAt.map { now - $0 < interval } ?? false
        }
        guard self.nodes.count >= self.limits.nodesMax else { return }
        throw Refusal(reason: "more than \(self.limits.nodesMax) edge nodes are known already")
    }

    private mutating func reserve(_ count: Int, instead old: Int) throws(Refusal) {
        guard self.metricCount - old + count <= self.limits.metricsMax else {
            throw Refusal(
                reason: "the birth certificates of all edge nodes hold more than \(self.limits.metricsMax) metrics"
            )
        }
        self.metricCount += count - old
    }
}
