package import MQTTCodec
package import NIOCore

/// One topic filter of a session with its options. Spec: MQTT 5.0 §3.8.3.1, §4.8.2.
package struct Subscription: Equatable, Sendable {
    /// What topics are matched against, without `$share/name/`.
    package let filter: String
    /// The name of the group that shares the messages; `nil` for a subscription of its own.
    package let shareName: String?
    /// The highest QoS of deliveries.
    package var qos: QoS
    /// Whether the subscriber's own messages stay away. [MQTT-3.8.3-3]
    package var noLocal: Bool
    /// Whether deliveries keep the publisher's RETAIN flag. [MQTT-3.3.1-13]
    package var retainAsPublished: Bool
    package var retainHandling: RetainHandling
    /// What deliveries carry to tell the subscription, 1 to 268435455; `nil` for none.
    package var identifier: UInt32?

    /// A subscription from the filter as the client wrote it, checked by `TopicFilter`.
    ///
    /// `$share/name/filter` means a shared one, also from a client of MQTT 3.1.1.
    package init(
        fullFilter: String,
        qos: QoS,
        noLocal: Bool = false,
        retainAsPublished: Bool = false,
        retainHandling: RetainHandling = .send,
        identifier: UInt32? = nil
    ) throws(SubscriptionFault) {
        guard TopicLevels.count(of: fullFilter) <= TopicLevels.countMax else { throw .tooManyLevels }
        (self.shareName, self.filter) = try Subscription.split(fullFilter)
        guard self.shareName == nil || !noLocal else { throw .noLocalOnShare }  // [MQTT-3.8.3-4]
        self.qos = qos
        self.noLocal = noLocal
        self.retainAsPublished = retainAsPublished
        self.retainHandling = retainHandling
        self.identifier = identifier
    }

    /// A subscription that SUBSCRIBE asks for, with the packet's Subscription Identifier.
    package init(_ request: SubscribePacket.Request, identifier: UInt32? = nil) throws(SubscriptionFault) {
        try self.init(
            fullFilter: request.filter,
            qos: request.qos,
            noLocal: request.noLocal,
            retainAsPublished: request.retainAsPublished,
            retainHandling: request.retainHandling,
            identifier: identifier
        )
    }

    /// A subscription as ``options`` and ``fullFilter`` keep it.
    ///
    /// - Returns: `nil` when the options are none of a SUBSCRIBE packet's, or the filter is not one.
    package init?(fullFilter: String, options: UInt8, identifier: UInt32?) {
        guard options & 0xC0 == 0, let qos = QoS(rawValue: options & 0b11),  // [MQTT-3.8.3-5]
            let retainHandling = RetainHandling(rawValue: options >> 4 & 0b11), TopicFilter.isValid(fullFilter)
        else { return nil }
        do throws(SubscriptionFault) {
            try self.init(
                fullFilter: fullFilter,
                qos: qos,
                noLocal: options & 0b100 != 0,
                retainAsPublished: options & 0b1000 != 0,
                retainHandling: retainHandling,
                identifier: identifier
            )
        } catch {
            return nil
        }
    }

    /// The filter as the client wrote it: what UNSUBSCRIBE names and the session's store keeps.
    package var fullFilter: String {
        guard let shareName else { return self.filter }
        return "$share/\(shareName)/\(self.filter)"
    }

    package static func == (one: Subscription, other: Subscription) -> Bool {
        one.identifier == other.identifier && one.options == other.options
            && one.fullFilter.hasSameBytes(as: other.fullFilter)
    }

    /// Whether the filter, taken off its share, matches a topic name. [MQTT-4.7.1-1] [MQTT-4.7.2-1]
    package func matches(topic: ByteBuffer) -> Bool {
        topic.withUnsafeReadableBytes { topic in
            self.filter.withTopicBytes { filter in
                let isWild = filter.first == UInt8(ascii: "+") || filter.first == UInt8(ascii: "#")
                return !(isWild && topic.beginsWithDollar) && TopicPattern.covers(filter, topic)
            }
        }
    }

    /// The options byte of SUBSCRIBE: QoS, No Local, Retain As Published, Retain Handling from the low bits up.
    package var options: UInt8 {
        self.qos.rawValue | (self.noLocal ? 0b100 : 0) | (self.retainAsPublished ? 0b1000 : 0)
            | self.retainHandling.rawValue << 4
    }

    /// Whether retained messages are sent for it; never for a shared one, §4.8.2.
    ///
    /// `isNew` tells that the session had no subscription with this filter.
    package func wantsRetained(isNew: Bool) -> Bool {
        guard self.shareName == nil else { return false }
        return switch self.retainHandling {
        case .send: true  // [MQTT-3.3.1-9]
        case .sendIfNew: isNew  // [MQTT-3.3.1-10]
        case .doNotSend: false  // [MQTT-3.3.1-11]
        }
    }

    /// Takes `$share/name/` off a filter.
    static func split(_ fullFilter: String) throws(SubscriptionFault) -> (shareName: String?, filter: String) {
        let prefix = "$share/"
        guard fullFilter.utf8.starts(with: prefix.utf8) else { return (nil, fullFilter) }
        let rest = fullFilter.utf8.dropFirst(prefix.utf8.count)
        guard let slash = rest.firstIndex(of: UInt8(ascii: "/")) else { throw .malformedShare }  // [MQTT-4.8.2-2]
        let name = rest[..<slash]
        let filter = rest[rest.index(after: slash)...]
        let hasWildcard = name.contains { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "#") }
        guard !name.isEmpty, !hasWildcard, !filter.isEmpty else { throw .malformedShare }  // [MQTT-4.8.2-1]
        return (String(Substring(name)), String(Substring(filter)))
    }
}
