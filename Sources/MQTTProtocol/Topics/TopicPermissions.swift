package import NIOCore

/// What topics an identity may publish and subscribe to, beyond the hub's own.
///
/// - A permission is a topic filter that may hold the placeholders `{device}`, `{module}` and `{client}`. One whose
///   value is missing, empty or contains `+`, `#` or `/` makes the permission grant nothing: an id must not widen it.
/// - A subscription is allowed when one granted filter covers it: matches every topic that it matches.
/// - Never granted: the hub's topics `devices/…`, and all that begins with `$`, `$iothub/…` and `$dps/…` among them. A
///   shared subscription is judged by its filter.
package struct TopicPermissions: Equatable, Sendable {
    /// Granted filters for publishing, placeholders expanded.
    package let publish: [String]
    /// Granted filters for subscribing, placeholders expanded.
    package let subscribe: [String]

    /// Nothing beyond the hub's own topics.
    package static let none = TopicPermissions(publish: [], subscribe: [])

    /// The permissions of one connection.
    ///
    /// - Parameters:
    ///   - publish: permissions as configured; those that grant nothing are left out.
    ///   - subscribe: as `publish`.
    ///   - device: the device's id, `nil` for an application.
    ///   - module: the module's id, `nil` for a device.
    ///   - clientID: the client identifier in use; `nil` when the client did not choose it.
    package init(
        publish: [String],
        subscribe: [String],
        device: String? = nil,
        module: String? = nil,
        clientID: String? = nil
    ) {
        let values = ["device": device, "module": module, "client": clientID]
        self.publish = publish.compactMap { TopicPattern.expand($0, values) }
        self.subscribe = subscribe.compactMap { TopicPattern.expand($0, values) }
    }

    /// Whether a message may be published to a topic name. Cost: the granted filters; callers keep it per topic.
    package func allowsPublish(topic: ByteBuffer) -> Bool {
        topic.withUnsafeReadableBytes { topic in
            guard !TopicPattern.isReserved(topic) else { return false }
            return self.publish.contains { $0.withTopicBytes { TopicPattern.covers($0, topic) } }
        }
    }

    /// Whether a message of a topic may be delivered: a granted filter matches it.
    package func allowsDelivery(topic: ByteBuffer) -> Bool {
        topic.withUnsafeReadableBytes { topic in
            guard !TopicPattern.isReserved(topic) else { return false }
            return self.subscribe.contains { $0.withTopicBytes { TopicPattern.covers($0, topic) } }
        }
    }

    /// Whether a filter, `$share/name/…` included, may be subscribed to.
    package func allowsSubscribe(filter: String) -> Bool {
        guard let (_, filter) = try? Subscription.split(filter) else { return false }
        return filter.withTopicBytes { filter in
            guard !TopicPattern.isReserved(filter) else { return false }
            return self.subscribe.contains { $0.withTopicBytes { TopicPattern.covers($0, filter) } }
        }
    }
}
