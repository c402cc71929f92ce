import DequeModule
import MQTTCodec
import MQTTProtocol
import NIOCore
import TelemetryModel

/// The hub's own messages of one connection: they take packet identifiers and window of its flow, but the hub keeps
/// them, so none outlives the connection here.
final class HubOutbox {
    var waiting: Deque<HubDelivery> = []
    var inFlight: [UInt16: HubDelivery] = [:]
}

extension Attachment {
    /// A message of the hub's. The hub bounds how many it hands over before the first is acknowledged.
    func offer(_ delivery: HubDelivery) {
        let outbox = self.hub ?? HubOutbox()
        self.hub = outbox
        outbox.waiting.append(delivery)
    }

    /// The next message of the hub's, when the window is open.
    func nextOfHub(at now: Timestamp) -> OutgoingPublish? {
        guard let hub = self.hub, self.flow.isOpen, let delivery = hub.waiting.popFirst() else { return nil }
        let message = BrokerMessage(
            topic: ByteBuffer(string: delivery.topic),
            payload: delivery.payload,
            qos: .atLeastOnce,
            retain: false,
            properties: nil,
            expiresAt: nil
        )
        self.flow.push(QueuedMessage(qos: .atLeastOnce, isRetained: false, message: message))
        guard case .publish(let queued, let packetID, let isDuplicate)? = self.flow.next() else {
            // All identifiers are in use. What was pushed is sent later, as nobody's: the hub sends it again.
            delivery.ended(.lost)
            return nil
        }
        hub.inFlight[packetID] = delivery
        return self.publish(queued, packetID, isDuplicate, at: now)
    }

    /// An exchange is over: when it was one of the hub's, the hub hears of it.
    func endOfHub(_ packetID: UInt16, _ end: HubDelivery.End) -> Bool {
        guard let delivery = self.hub?.inFlight.removeValue(forKey: packetID) else { return false }
        delivery.ended(end)
        return true
    }

    /// The connection ended: the hub keeps what was not acknowledged, the session does not.
    func detachHub() {
        guard let hub = exchange(&self.hub, with: nil) else { return }
        for packetID in hub.inFlight.keys { self.flow.discard(packetID: packetID) }
        for delivery in hub.inFlight.sorted(by: { $0.key < $1.key }).map(\.value) + hub.waiting {
            delivery.ended(.lost)
        }
    }
}
