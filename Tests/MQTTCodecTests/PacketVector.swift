import MQTTCodec
import NIOCore
import Testing

/// One packet and its bytes, written by hand from the specification.
struct PacketVector: Sendable, CustomTestStringConvertible {
    var name: String
    var bytes: [UInt8]
    var packet: Packet

    init(_ name: String, _ bytes: [UInt8], _ packet: Packet) {
        self.name = name
        self.bytes = bytes
        self.packet = packet
    }

    var testDescription: String { self.name }

    static let all: [PacketVector] = [
        PacketVector(
            "CONNECT, nothing but a client id [MQTT-3.1.0-1]",
            [0x10, 0x0D, 0x00, 0x04, 0x4D, 0x51, 0x54, 0x54, 0x04, 0x02, 0x00, 0x3C, 0x00, 0x01, 0x61],
            .connect(ConnectPacket(clientID: "a", cleanSession: true, keepAliveSeconds: 60))
        ),
        PacketVector(
            "CONNECT with every field, in the order of §3.1.3 [MQTT-3.1.3-1]",
            [
                0x10, 0x1E, 0x00, 0x04, 0x4D, 0x51, 0x54, 0x54, 0x04, 0xEC, 0xFF, 0xFF,
                0x00, 0x02, 0x64, 0x31,  // client id d1
                0x00, 0x03, 0x77, 0x2F, 0x74,  // will topic w/t
                0x00, 0x01, 0xFE,  // will message, binary
                0x00, 0x01, 0x75,  // user name u
                0x00, 0x03, 0x00, 0x70, 0x00,  // password, binary
            ],
            .connect(
                ConnectPacket(
                    clientID: "d1",
                    cleanSession: false,
                    keepAliveSeconds: 65_535,
                    will: ConnectPacket.Will(
                        topic: ByteBuffer(string: "w/t"),
                        payload: ByteBuffer(bytes: [0xFE]),
                        qos: .atLeastOnce,
                        retain: true
                    ),
                    userName: "u",
                    password: ByteBuffer(bytes: [0, 0x70, 0])
                )
            )
        ),
        PacketVector(
            "CONNECT with an empty client id [MQTT-3.1.3-6]",
            [0x10, 0x0C, 0x00, 0x04, 0x4D, 0x51, 0x54, 0x54, 0x04, 0x02, 0x00, 0x00, 0x00, 0x00],
            .connect(ConnectPacket(clientID: "", cleanSession: true, keepAliveSeconds: 0))
        ),
        PacketVector(
            "CONNACK accepted, session present [MQTT-3.2.2-2]",
            [0x20, 0x02, 0x01, 0x00],
            .connack(ConnackPacket(sessionPresent: true, returnCode: .accepted))
        ),
        PacketVector(
            "CONNACK not authorized [MQTT-3.2.2-4]",
            [0x20, 0x02, 0x00, 0x05],
            .connack(ConnackPacket(sessionPresent: false, returnCode: .notAuthorized))
        ),
        PacketVector(
            "PUBLISH QoS 0 without packet identifier and with an empty payload [MQTT-2.3.1-5]",
            [0x30, 0x05, 0x00, 0x03, 0x61, 0x2F, 0x62],
            .publish(PublishPacket(topic: ByteBuffer(string: "a/b"), payload: ByteBuffer(), qos: .atMostOnce))
        ),
        PacketVector(
            "PUBLISH QoS 1, DUP, RETAIN [MQTT-3.3.1-1]",
            [0x3B, 0x08, 0x00, 0x01, 0x74, 0x12, 0x34, 0x01, 0x00, 0xFF],
            .publish(
                PublishPacket(
                    topic: ByteBuffer(string: "t"),
                    payload: ByteBuffer(bytes: [1, 0, 255]),
                    qos: .atLeastOnce,
                    packetID: 0x1234,
                    isDuplicate: true,
                    retain: true
                )
            )
        ),
        PacketVector(
            "PUBLISH QoS 2, topic with a character outside ASCII [MQTT-3.3.2-1]",
            [0x34, 0x07, 0x00, 0x02, 0xC3, 0xBC, 0xFF, 0xFF, 0x21],
            .publish(
                PublishPacket(
                    topic: ByteBuffer(string: "ü"),
                    payload: ByteBuffer(string: "!"),
                    qos: .exactlyOnce,
                    packetID: 65_535
                )
            )
        ),
        PacketVector("PUBACK §3.4", [0x40, 0x02, 0x00, 0x01], .puback(PubackPacket(packetID: 1))),
        PacketVector("PUBREC §3.5", [0x50, 0x02, 0x80, 0x00], .pubrec(PubrecPacket(packetID: 0x8000))),
        PacketVector("PUBREL [MQTT-3.6.1-1]", [0x62, 0x02, 0x00, 0x02], .pubrel(PubrelPacket(packetID: 2))),
        PacketVector("PUBCOMP §3.7", [0x70, 0x02, 0xFF, 0xFF], .pubcomp(PubcompPacket(packetID: 0xFFFF))),
        PacketVector(
            "SUBSCRIBE of two filters [MQTT-3.8.1-1]",
            [0x82, 0x0E, 0x00, 0x0A, 0x00, 0x03, 0x61, 0x2F, 0x62, 0x01, 0x00, 0x03, 0x63, 0x2F, 0x23, 0x02],
            .subscribe(
                SubscribePacket(
                    packetID: 10,
                    requests: [
                        SubscribePacket.Request(filter: "a/b", qos: .atLeastOnce),
                        SubscribePacket.Request(filter: "c/#", qos: .exactlyOnce),
                    ]
                )
            )
        ),
        PacketVector(
            "SUBACK with every code [MQTT-3.9.3-1] [MQTT-3.9.3-2]",
            [0x90, 0x06, 0x00, 0x0A, 0x00, 0x01, 0x02, 0x80],
            .suback(
                SubackPacket(
                    packetID: 10,
                    codes: [.granted(.atMostOnce), .granted(.atLeastOnce), .granted(.exactlyOnce), .failure]
                )
            )
        ),
        PacketVector(
            "UNSUBSCRIBE [MQTT-3.10.1-1]",
            [0xA2, 0x08, 0x00, 0x0B, 0x00, 0x01, 0x2B, 0x00, 0x01, 0x23],
            .unsubscribe(UnsubscribePacket(packetID: 11, filters: ["+", "#"]))
        ),
        PacketVector("UNSUBACK §3.11", [0xB0, 0x02, 0x00, 0x0B], .unsuback(UnsubackPacket(packetID: 11))),
        PacketVector("PINGREQ §3.12", [0xC0, 0x00], .pingreq),
        PacketVector("PINGRESP §3.13", [0xD0, 0x00], .pingresp),
        PacketVector("DISCONNECT [MQTT-3.14.1-1]", [0xE0, 0x00], .disconnect),
    ]
}
