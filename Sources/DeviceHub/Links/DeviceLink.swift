package import HubProtocol
package import TelemetryModel

/// The way to one accepted connection of a device or module; implemented where the hub meets the server.
///
/// Used from any thread; what is published comes to the client in order. After the connection's end nothing happens.
package protocol DeviceLink: AnyObject, Sendable {
    /// Unique in this run of the gateway; a newer connection has a larger one.
    var connectionID: UInt64 { get }
    /// Whose connection it is.
    var identity: IdentityID { get }
    /// The device model that its CONNECT named; `nil` when it named none.
    var modelID: String? { get }
    /// Publishes with QoS 0, when the connection is subscribed to that.
    ///
    /// - Parameters:
    ///   - topic: one of ``HubAnswerTopic``.
    ///   - payload: the message.
    ///   - subscription: what the connection must be subscribed to.
    ///   - requestID: of the device's request that this answers, as it came; `nil` for what nobody asked for.
    func publish(
        topic: String,
        payload: [UInt8],
        requiring subscription: HubSubscriptions,
        answering requestID: String?
    )
    /// Publishes with QoS 1, behind what was delivered before.
    ///
    /// - Parameters:
    ///   - topic: with its property bag.
    ///   - payload: the message.
    ///   - ended: called once, on any thread, and never blocks: `true` when the client has acknowledged it, `false` when
    ///     the connection ended first.
    func deliver(topic: String, payload: [UInt8], ended: @escaping @Sendable (_ isAcknowledged: Bool) -> Void)
}

extension DeviceLink {
    /// Publishes what nobody asked for.
    func publish(topic: String, payload: [UInt8], requiring subscription: HubSubscriptions) {
        self.publish(topic: topic, payload: payload, requiring: subscription, answering: nil)
    }
}
