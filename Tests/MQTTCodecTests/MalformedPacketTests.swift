import MQTTCodec
import NIOCore
import Testing

@Suite("Malformed packets, MQTT 3.1.1 §2 and §3")
struct MalformedPacketTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var bytes: [UInt8]
        var error: PacketError

        init(_ name: String, _ bytes: [UInt8], _ code: PacketError.Code, at offset: Int) {
            self.name = name
            self.bytes = bytes
            self.error = PacketError(code, at: offset)
        }

        var testDescription: String { self.name }
    }

    /// The variable header of CONNECT up to the connect flags.
    private static let mqtt: [UInt8] = [0x00, 0x04, 0x4D, 0x51, 0x54, 0x54, 0x04]

    private static func connect(flags: UInt8, _ rest: [UInt8]) -> [UInt8] {
        let body = MalformedPacketTests.mqtt + [flags, 0x00, 0x3C] + rest
        return [0x10, UInt8(body.count)] + body
    }

    static let fixedHeaders: [Case] = [
        Case("type 0 is reserved §2.2.1", [0x00, 0x00], .malformedFixedHeader, at: 0),
        Case("type 15 is reserved §2.2.1", [0xF0, 0x00], .malformedFixedHeader, at: 0),
        Case("CONNECT with flags [MQTT-2.2.2-2]", [0x11, 0x00], .malformedFixedHeader, at: 0),
        Case("SUBSCRIBE without flag 2 [MQTT-3.8.1-1]", [0x80, 0x00], .malformedFixedHeader, at: 0),
        Case("UNSUBSCRIBE without flag 2 [MQTT-3.10.1-1]", [0xA0, 0x00], .malformedFixedHeader, at: 0),
        Case("PUBREL without flag 2 [MQTT-3.6.1-1]", [0x60, 0x02], .malformedFixedHeader, at: 0),
        Case("DISCONNECT with flags [MQTT-3.14.1-1]", [0xE1, 0x00], .malformedFixedHeader, at: 0),
        Case("Remaining Length of five bytes §2.2.3", [0x30, 0x80, 0x80, 0x80, 0x80, 0x01], .malformedLength, at: 4),
        Case("PINGREQ with a body §3.12", [0xC0, 0x01, 0x00], .trailingBytes, at: 2),
        Case("DISCONNECT with a body §3.14", [0xE0, 0x01, 0x00], .trailingBytes, at: 2),
        Case("PUBACK that is too short", [0x40, 0x01, 0x00], .truncated, at: 2),
        Case("PUBACK that is too long", [0x40, 0x03, 0x00, 0x01, 0x00], .trailingBytes, at: 4),
        Case("PUBACK of identifier 0 [MQTT-2.3.1-1]", [0x40, 0x02, 0x00, 0x00], .packetIDZero, at: 2),
    ]

    static let connects: [Case] = [
        Case("CONNECT without a body", [0x10, 0x00], .truncated, at: 2),
        Case(
            "another protocol name [MQTT-3.1.2-1]",
            [0x10, 0x0A, 0x00, 0x04, 0x48, 0x54, 0x54, 0x50, 0x04, 0x02, 0x00, 0x00],
            .unknownProtocolName,
            at: 2
        ),
        Case("the reserved connect flag [MQTT-3.1.2-3]", connect(flags: 0x03, [0, 0]), .malformedConnectFlags, at: 9),
        Case("will QoS 3 [MQTT-3.1.2-14]", connect(flags: 0x1E, [0, 0]), .malformedConnectFlags, at: 9),
        Case("will QoS without will [MQTT-3.1.2-13]", connect(flags: 0x0A, [0, 0]), .malformedConnectFlags, at: 9),
        Case("will retain without will [MQTT-3.1.2-15]", connect(flags: 0x22, [0, 0]), .malformedConnectFlags, at: 9),
        Case(
            "password without user name [MQTT-3.1.2-22]",
            connect(flags: 0x42, [0, 0]),
            .malformedConnectFlags,
            at: 9
        ),
        Case("client id missing [MQTT-3.1.3-3]", connect(flags: 0x02, []), .truncated, at: 12),
        Case("client id past the end", connect(flags: 0x02, [0x00, 0x02, 0x61]), .truncated, at: 12),
        Case("client id with U+0000 [MQTT-1.5.3-2]", connect(flags: 0x02, [0, 1, 0]), .malformedString, at: 12),
        Case(
            "client id with a surrogate [MQTT-1.5.3-1]",
            connect(flags: 0x02, [0, 3, 0xED, 0xA0, 0x80]),
            .malformedString,
            at: 12
        ),
        Case("will flag without will topic [MQTT-3.1.2-9]", connect(flags: 0x06, [0, 0]), .truncated, at: 14),
        Case("an empty will topic", connect(flags: 0x06, [0, 0, 0, 0, 0, 0]), .malformedTopicName, at: 14),
        Case("user name flag without user name [MQTT-3.1.2-19]", connect(flags: 0x82, [0, 0]), .truncated, at: 14),
        Case("user name without its flag [MQTT-3.1.2-18]", connect(flags: 0x02, [0, 0, 0, 0]), .trailingBytes, at: 14),
    ]

    static let publishes: [Case] = [
        Case("QoS 3 [MQTT-3.3.1-4]", [0x36, 0x05, 0, 1, 0x61, 0, 1], .malformedQoS, at: 0),
        Case("DUP with QoS 0 [MQTT-3.3.1-2]", [0x38, 0x03, 0, 1, 0x61], .malformedQoS, at: 0),
        Case("no topic", [0x30, 0x00], .truncated, at: 2),
        Case("half a topic length", [0x30, 0x01, 0x00], .truncated, at: 2),
        Case("a topic past the packet's end", [0x30, 0x03, 0, 2, 0x61, 0xC0, 0x00], .truncated, at: 2),
        Case("an empty topic [MQTT-4.7.3-1]", [0x30, 0x02, 0, 0], .malformedTopicName, at: 2),
        Case("a topic with + [MQTT-3.3.2-2]", [0x30, 0x03, 0, 1, 0x2B], .malformedTopicName, at: 2),
        Case("a topic with # [MQTT-3.3.2-2]", [0x30, 0x04, 0, 2, 0x61, 0x23], .malformedTopicName, at: 2),
        Case("a topic with U+0000 [MQTT-4.7.3-2]", [0x30, 0x03, 0, 1, 0x00], .malformedTopicName, at: 2),
        Case("a topic that is not UTF-8 [MQTT-3.3.2-1]", [0x30, 0x03, 0, 1, 0xFF], .malformedTopicName, at: 2),
        Case("QoS 1 without identifier", [0x32, 0x03, 0, 1, 0x61], .truncated, at: 5),
        Case("QoS 1 with half an identifier", [0x32, 0x04, 0, 1, 0x61, 0x00], .truncated, at: 5),
        Case("QoS 1 with identifier 0 [MQTT-2.3.1-1]", [0x32, 0x05, 0, 1, 0x61, 0, 0], .packetIDZero, at: 5),
    ]

    static let subscriptions: [Case] = [
        Case("SUBSCRIBE without a filter [MQTT-3.8.3-3]", [0x82, 0x02, 0, 1], .noTopicFilter, at: 4),
        Case("SUBSCRIBE of identifier 0 [MQTT-2.3.1-1]", [0x82, 0x06, 0, 0, 0, 1, 0x61, 0], .packetIDZero, at: 2),
        Case("SUBSCRIBE without QoS", [0x82, 0x05, 0, 1, 0, 1, 0x61], .truncated, at: 7),
        Case("SUBSCRIBE of QoS 3 [MQTT-3-8.3-4]", [0x82, 0x06, 0, 1, 0, 1, 0x61, 3], .malformedQoS, at: 7),
        Case("SUBSCRIBE with a reserved bit", [0x82, 0x06, 0, 1, 0, 1, 0x61, 4], .malformedQoS, at: 7),
        Case("# not last [MQTT-4.7.1-2]", [0x82, 0x08, 0, 1, 0, 3, 0x23, 0x2F, 0x61, 0], .malformedTopicFilter, at: 4),
        Case("+ not alone [MQTT-4.7.1-3]", [0x82, 0x07, 0, 1, 0, 2, 0x61, 0x2B, 0], .malformedTopicFilter, at: 4),
        Case("SUBACK of a reserved code [MQTT-3.9.3-2]", [0x90, 0x03, 0, 1, 3], .reservedValue, at: 4),
        Case("UNSUBSCRIBE without a filter [MQTT-3.10.3-2]", [0xA2, 0x02, 0, 1], .noTopicFilter, at: 4),
        Case("UNSUBSCRIBE of an empty filter", [0xA2, 0x04, 0, 1, 0, 0], .malformedTopicFilter, at: 4),
        Case("CONNACK with reserved flags §3.2.2.1", [0x20, 0x02, 0x02, 0x00], .reservedValue, at: 2),
        Case("CONNACK of a reserved code §3.2.2.3", [0x20, 0x02, 0x00, 0x06], .reservedValue, at: 3),
    ]

    @Test(
        "a malformed packet is refused with its code and place, and so is all that follows",
        arguments: fixedHeaders + connects + publishes + subscriptions
    )
    func malformed(fault: Case) {
        var decoder = PacketDecoder(packetSizeMax: 1_024)
        decoder.append(ByteBuffer(bytes: fault.bytes))
        #expect(throws: fault.error) { try decoder.next() }
        decoder.append(ByteBuffer(bytes: [0xC0, 0x00]))
        #expect(throws: fault.error) { try decoder.next() }
    }

    @Test("a CONNECT of another level is read no further than the level [MQTT-3.1.2-2]", arguments: [UInt8(3), 5])
    func otherLevel(level: UInt8) throws {
        let name: [UInt8] = level == 3 ? [0x00, 0x06] + Array("MQIsdp".utf8) : [0x00, 0x04] + Array("MQTT".utf8)
        let body = name + [level, 0xFF, 0xFF]
        var decoder = PacketDecoder(packetSizeMax: 64)
        decoder.append(ByteBuffer(bytes: [0x10, UInt8(body.count)] + body))
        guard case .connect(let packet) = try decoder.next() else {
            Issue.record("no CONNECT")
            return
        }
        #expect(packet.protocolLevel == level)
    }
}
