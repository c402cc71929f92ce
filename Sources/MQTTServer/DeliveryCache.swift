import MQTTCodec
import NIOCore

/// The message that is being delivered, encoded once for all its subscribers of an event loop.
///
/// A fan-out hands the same message to one connection after the other, so one message is enough.
struct DeliveryCache {
    private struct Packet {
        var version: MQTTVersion
        var isRetained: Bool
        var bytes: ByteBuffer
    }

    private var message: BrokerMessage?
    private var made: PublishEncoder?
    private var packets: [Packet] = []

    /// What writes the message; `nil` for one that no packet holds, such as one with a topic over 64 KiB.
    mutating func encoder(of message: BrokerMessage) -> PublishEncoder? {
        self.turn(to: message)
        if let made { return made }
        do throws(PacketError) {
            let encoder = try PublishEncoder(
                topic: message.topic,
                payload: message.payload,
                properties: message.properties
            )
            self.made = encoder
            return encoder
        } catch {
            return nil
        }
    }

    /// The message as a PUBLISH of QoS 0 that says nothing of a subscriber's own; `nil` when no packet holds it.
    mutating func packet(of message: BrokerMessage, isRetained: Bool, version: MQTTVersion) -> ByteBuffer? {
        self.turn(to: message)
        for packet in self.packets where packet.version == version && packet.isRetained == isRetained {
            return packet.bytes
        }
        guard let encoder = self.encoder(of: message) else { return nil }
        var bytes = ByteBuffer()
        do throws(PacketError) {
            let delivery = PublishEncoder.Delivery(qos: .atMostOnce, retain: isRetained)
            try encoder.encode(delivery, version: version, into: &bytes)
        } catch {
            return nil
        }
        self.packets.append(Packet(version: version, isRetained: isRetained, bytes: bytes))
        return bytes
    }

    /// Lets go of the message.
    mutating func clear() {
        self.message = nil
        self.made = nil
        self.packets.removeAll(keepingCapacity: true)
    }

    private mutating func turn(to message: BrokerMessage) {
        guard self.message !== message else { return }
        self.message = message
        self.made = nil
        self.packets.removeAll(keepingCapacity: true)
    }
}
