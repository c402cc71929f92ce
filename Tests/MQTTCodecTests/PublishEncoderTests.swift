import MQTTCodec
import NIOCore
import TestSupport
import Testing

@Suite("One PUBLISH for many subscribers, MQTT 5.0 §3.3")
struct PublishEncoderTests {
    private typealias Delivery = PublishEncoder.Delivery

    private static let properties = PublishProperties(
        payloadFormat: .text,
        messageExpirySeconds: 100,
        topicAlias: 7,
        responseTopic: ByteBuffer(string: "r"),
        correlationData: ByteBuffer(bytes: [1]),
        contentType: "c",
        subscriptionIDs: [9],
        userProperties: [UserProperty(name: "n", value: "v")]
    )

    /// What a server passes on of `properties`, by hand.
    private static let forwarded: [UInt8] = [
        0x01, 1, 0x03, 0, 1, 0x63, 0x08, 0, 1, 0x72, 0x09, 0, 1, 1, 0x26, 0, 1, 0x6E, 0, 1, 0x76,
    ]

    private func encoder(_ properties: PublishProperties? = nil) throws -> PublishEncoder {
        try PublishEncoder(topic: ByteBuffer(string: "a/b"), payload: ByteBuffer(string: "!"), properties: properties)
    }

    private func bytes(_ encoder: PublishEncoder, _ delivery: Delivery, _ version: MQTTVersion) throws -> [UInt8] {
        var buffer = ByteBuffer(bytes: [0xAA])
        try encoder.encode(delivery, version: version, into: &buffer)
        #expect(encoder.packetSize(delivery, version: version) == buffer.readableBytes - 1)
        return Array(buffer.readableBytesView.dropFirst())
    }

    @Test("QoS, identifier, DUP and RETAIN are the delivery's, in both versions")
    func delivery() throws {
        let encoder = try self.encoder()
        #expect(
            try self.bytes(encoder, Delivery(qos: .atMostOnce), .v311) == [0x30, 6, 0, 3, 0x61, 0x2F, 0x62, 0x21]
        )
        #expect(
            try self.bytes(encoder, Delivery(qos: .atMostOnce, packetID: 5, retain: true), .v5)
                == [0x31, 7, 0, 3, 0x61, 0x2F, 0x62, 0, 0x21]
        )
        let again = Delivery(qos: .atLeastOnce, packetID: 0x1234, isDuplicate: true)
        #expect(try self.bytes(encoder, again, .v311) == [0x3A, 8, 0, 3, 0x61, 0x2F, 0x62, 0x12, 0x34, 0x21])
        let once = Delivery(qos: .exactlyOnce, packetID: 0xFFFF, isDuplicate: true, retain: true)
        #expect(try self.bytes(encoder, once, .v5) == [0x3D, 9, 0, 3, 0x61, 0x2F, 0x62, 0xFF, 0xFF, 0, 0x21])
    }

    @Test(
        "a publisher's alias, expiry and subscription identifiers are not passed on, the rest is unaltered [MQTT-3.3.2-7]"
    )
    func forwarding() throws {
        let encoder = try self.encoder(PublishEncoderTests.properties)
        let expected = [0x30, 28, 0, 3, 0x61, 0x2F, 0x62, 21] + PublishEncoderTests.forwarded + [0x21]
        #expect(try self.bytes(encoder, Delivery(qos: .atMostOnce), .v5) == expected)
        #expect(
            try self.bytes(encoder, Delivery(qos: .atMostOnce), .v311) == [0x30, 6, 0, 3, 0x61, 0x2F, 0x62, 0x21]
        )
    }

    @Test("a delivery adds what is left of the expiry, all its subscriptions and its own alias [MQTT-3.3.2-6]")
    func additions() throws {
        let encoder = try self.encoder(PublishEncoderTests.properties)
        let delivery = Delivery(
            qos: .atMostOnce,
            alias: .define(3),
            messageExpirySeconds: 99,
            subscriptionIDs: [1, 268_435_455]
        )
        let added: [UInt8] = [0x02, 0, 0, 0, 99, 0x23, 0, 3, 0x0B, 1, 0x0B, 0xFF, 0xFF, 0xFF, 0x7F]
        let expected = [0x30, 43, 0, 3, 0x61, 0x2F, 0x62, 36] + added + PublishEncoderTests.forwarded + [0x21]
        #expect(try self.bytes(encoder, delivery, .v5) == expected)
        #expect(try self.bytes(encoder, delivery, .v311) == [0x30, 6, 0, 3, 0x61, 0x2F, 0x62, 0x21])
    }

    @Test("an alias that is known stands instead of the topic; MQTT 3.1.1 has none §3.3.2.3.4")
    func knownAlias() throws {
        let delivery = Delivery(qos: .atMostOnce, alias: .use(0x0102))
        let encoder = try self.encoder()
        #expect(try self.bytes(encoder, delivery, .v5) == [0x30, 7, 0, 0, 3, 0x23, 1, 2, 0x21])
        #expect(try self.bytes(encoder, delivery, .v311) == [0x30, 6, 0, 3, 0x61, 0x2F, 0x62, 0x21])
    }

    @Test("forwarded properties are read back from their bytes, and written the same from them")
    func stored() throws {
        let bytes = try PublishEncoderTests.properties.forwardedBytes()
        #expect(Array(bytes.readableBytesView) == PublishEncoderTests.forwarded)
        let read = try PublishProperties(forwardedBytes: bytes)
        #expect(
            read
                == PublishProperties(
                    payloadFormat: .text,
                    responseTopic: ByteBuffer(string: "r"),
                    correlationData: ByteBuffer(bytes: [1]),
                    contentType: "c",
                    userProperties: [UserProperty(name: "n", value: "v")]
                )
        )
        let topic = ByteBuffer(string: "a/b")
        let payload = ByteBuffer(string: "!")
        let delivery = Delivery(qos: .atMostOnce)
        let fromBytes = try PublishEncoder(topic: topic, payload: payload, forwardedBytes: bytes)
        let fromProperties = try self.encoder(PublishEncoderTests.properties)
        #expect(try self.bytes(fromBytes, delivery, .v5) == self.bytes(fromProperties, delivery, .v5))
        #expect(throws: PacketError(.truncated, at: 1)) {
            try PublishProperties(forwardedBytes: ByteBuffer(bytes: [0x02, 0]))
        }
    }

    @Test("properties for keeping do not hold the buffer they were read from")
    func detached() throws {
        let packet: [UInt8] = [0x30, 13, 0, 1, 0x74, 8, 0x08, 0, 1, 0x72, 0x09, 0, 1, 0xFF, 0x21]
        var decoder = PacketDecoder(packetSizeMax: 64)
        decoder.version = .v5
        decoder.append(ByteBuffer(bytes: packet + [UInt8](repeating: 0xC0, count: 65_536)))
        guard case .publish(let publish) = try decoder.next(), let properties = publish.properties else {
            Issue.record("no PUBLISH with properties")
            return
        }
        let detached = properties.detached()
        #expect(detached == properties)
        #expect(detached !== properties)
        #expect(detached.correlationData.map { $0.storageCapacity < 64 } == true)
        let plain = PublishProperties(contentType: "c")
        #expect(plain.detached() === plain)
    }

    @Test("a packet has 268435455 bytes behind its header, one byte more is refused §2.1.4")
    func sizeLimit() throws {
        // Room that is never touched takes no memory.
        var longest = ByteBuffer()
        longest.reserveCapacity(FixedHeader.remainingLengthMax - 5)
        longest.moveWriterIndex(to: FixedHeader.remainingLengthMax - 5)
        let encoder = try PublishEncoder(topic: ByteBuffer(string: "a/b"), payload: longest)
        #expect(encoder.packetSize(Delivery(qos: .atMostOnce), version: .v311) == 5 + 268_435_455)
        var buffer = ByteBuffer()
        #expect(throws: PacketError(.fieldTooLong(bytes: 268_435_456), at: 0)) {
            try encoder.encode(Delivery(qos: .atMostOnce), version: .v5, into: &buffer)
        }
        #expect(buffer.readableBytes == 0)
    }

    @Test("a delivery is what a packet with the same fields encodes to", arguments: MQTTVersion.allCases)
    func same(version: MQTTVersion) throws {
        var maker = RandomPacket(SeededGenerator.announced("deliveries, \(version)"))
        for _ in 0..<500 {
            let packet = maker.publish(version)
            var expected = ByteBuffer()
            try packet.encode(into: &expected, version: version)
            let alias = packet.properties?.topicAlias
            let delivery = Delivery(
                qos: packet.qos,
                packetID: packet.packetID,
                isDuplicate: packet.isDuplicate,
                retain: packet.retain,
                alias: alias.map { packet.topic.readableBytes > 0 ? .define($0) : .use($0) } ?? .none,
                messageExpirySeconds: packet.properties?.messageExpirySeconds,
                subscriptionIDs: packet.properties?.subscriptionIDs ?? []
            )
            let topic = packet.topic.readableBytes > 0 ? packet.topic : ByteBuffer(string: "the topic behind the alias")
            var written = ByteBuffer()
            try PublishEncoder(topic: topic, payload: packet.payload, properties: packet.properties)
                .encode(delivery, version: version, into: &written)
            #expect(written == expected)
        }
    }
}
