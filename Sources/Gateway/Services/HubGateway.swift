package import DeviceHub
package import HubProtocol
package import MQTTServer
package import NIOCore

/// Brings what devices ask at the MQTT endpoint to the hub.
package struct HubGateway: HubServing {
    private let hub: DeviceHub

    /// The devices' way to `hub`.
    package init(hub: DeviceHub) {
        self.hub = hub
    }

    package func opened(_ link: HubLink, subscriptions: HubSubscriptions) {
        self.hub.opened(link, subscriptions: subscriptions)
    }

    package func changed(_ link: HubLink, subscriptions: HubSubscriptions) {
        self.hub.changed(link, subscriptions: subscriptions)
    }

    package func received(_ request: HubRequest, payload: ByteBuffer, on link: HubLink) {
        self.hub.received(request, payload: Array(payload.readableBytesView), on: link)
    }

    package func closed(_ link: HubLink) {
        self.hub.closed(link)
    }
}

extension HubLink: DeviceLink {
    /// The attribute of a connection that holds the `model-id` of its CONNECT.
    static let modelAttribute = "modelId"

    package var connectionID: UInt64 { self.event.connectionID }

    package var modelID: String? { self.event.attributes[HubLink.modelAttribute] }

    package func publish(
        topic: String,
        payload: [UInt8],
        requiring subscription: HubSubscriptions,
        answering requestID: String?
    ) {
        self.publish(
            topic: topic,
            payload: ByteBuffer(bytes: payload),
            requiring: subscription,
            answering: requestID
        )
    }

    package func deliver(
        topic: String,
        payload: [UInt8],
        ended: @escaping @Sendable (_ isAcknowledged: Bool) -> Void
    ) {
        self.deliver(
            HubDelivery(topic: topic, payload: ByteBuffer(bytes: payload)) { end in
                switch end {
                case .acknowledged: ended(true)
                case .lost: ended(false)
                }
            }
        )
    }
}
