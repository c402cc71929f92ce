package import NIOCore

/// The topic aliases a server sets on a connection: for topics that come again. Spec: MQTT 5.0 §3.3.2.3.4.
///
/// First come, first served until all are given; then a topic that comes twice in a row takes the alias that was not
/// used for the longest time, so that topics that come once do not drive out the others.
package struct OutboundAliases: Sendable {
    /// How the topic of a PUBLISH is written.
    package enum Use: Hashable, Sendable {
        /// As it is.
        case topic
        /// As it is, with this alias, which means it from now on.
        case assign(UInt16)
        /// Not at all: this alias says it.
        case alias(UInt16)
    }

    private struct Assignment {
        var alias: UInt16
        var lastUse: UInt64
    }

    /// Aliases given at most: the client's Topic Alias Maximum or ours. [MQTT-3.1.2-26] [MQTT-3.1.2-27]
    package let countMax: Int
    private var assignments: [ByteBuffer: Assignment] = [:]
    /// Aliases that were taken back.
    private var free: [UInt16] = []
    private var candidate: ByteBuffer?
    private var uses: UInt64 = 0

    /// Aliases of a new connection.
    ///
    /// - Parameters:
    ///   - clientMax: the client's Topic Alias Maximum; 0 forbids aliases.
    ///   - serverMax: what the server spends memory on.
    package init(clientMax: UInt16, serverMax: UInt16 = 16) {
        self.countMax = Int(min(clientMax, serverMax))
    }

    /// How to write a topic; the caller then writes the packet, or calls ``forget(_:)``.
    package mutating func use(for topic: ByteBuffer) -> Use {
        guard self.countMax > 0 else { return .topic }
        self.uses += 1
        if let assignment = self.assignments[topic] {
            self.assignments[topic]?.lastUse = self.uses
            return .alias(assignment.alias)
        }
        let copy = ByteBuffer(bytes: topic.readableBytesView)
        if let alias = self.free.popLast() { return self.assign(alias, to: copy) }
        if self.assignments.count < self.countMax {
            return self.assign(UInt16(self.assignments.count + 1), to: copy)
        }
        guard self.candidate == topic, let oldest = self.assignments.min(by: { $0.value.lastUse < $1.value.lastUse })
        else {
            self.candidate = copy
            return .topic
        }
        self.candidate = nil
        self.assignments[oldest.key] = nil
        return self.assign(oldest.value.alias, to: copy)
    }

    private mutating func assign(_ alias: UInt16, to topic: ByteBuffer) -> Use {
        self.assignments[topic] = Assignment(alias: alias, lastUse: self.uses)
        return .assign(alias)
    }

    /// Takes the alias of a topic back, since the packet that would have set it was not written.
    package mutating func forget(_ topic: ByteBuffer) {
        guard let assignment = self.assignments.removeValue(forKey: topic) else { return }
        self.free.append(assignment.alias)
    }
}
