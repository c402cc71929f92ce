import MQTTCodec
import NIOCore
import Testing

@Suite("Which property stands in which packet, MQTT 5.0 §2.2.2.2, table 2-4")
struct PropertyTests {
    /// A packet that takes properties, built around their bytes.
    enum Owner: String, CaseIterable, Sendable {
        case connect
        case will
        case connack
        case publish
        case puback
        case pubrec
        case pubrel
        case pubcomp
        case subscribe
        case suback
        case unsubscribe
        case unsuback
        case disconnect
        case auth

        func packet(_ properties: [UInt8]) -> [UInt8] {
            let list = [UInt8(properties.count)] + properties
            let mqtt: [UInt8] = [0, 4, 0x4D, 0x51, 0x54, 0x54, 5]
            let body: (first: UInt8, rest: [UInt8]) =
                switch self {
                case .connect: (0x10, mqtt + [2, 0, 60] + list + [0, 1, 0x61])
                case .will: (0x10, mqtt + [6, 0, 60, 0, 0, 1, 0x61] + list + [0, 1, 0x77, 0, 0])
                case .connack: (0x20, [0, 0] + list)
                case .publish: (0x30, [0, 1, 0x74] + list)
                case .puback: (0x40, [0, 1, 0] + list)
                case .pubrec: (0x50, [0, 1, 0] + list)
                case .pubrel: (0x62, [0, 1, 0] + list)
                case .pubcomp: (0x70, [0, 1, 0] + list)
                case .subscribe: (0x82, [0, 1] + list + [0, 1, 0x61, 0])
                case .suback: (0x90, [0, 1] + list + [0])
                case .unsubscribe: (0xA2, [0, 1] + list + [0, 1, 0x61])
                case .unsuback: (0xB0, [0, 1] + list + [0])
                case .disconnect: (0xE0, [0] + list)
                case .auth: (0xF0, [0x18] + list)
                }
            return [body.first, UInt8(body.rest.count)] + body.rest
        }
    }

    /// Table 2-4: identifier, a value, and where it may stand.
    static let table: [(id: PropertyID, value: [UInt8], owners: Set<Owner>)] = [
        (.payloadFormat, [1], [.publish, .will]),
        (.messageExpiry, [0, 0, 0, 1], [.publish, .will]),
        (.contentType, [0, 1, 0x61], [.publish, .will]),
        (.responseTopic, [0, 1, 0x61], [.publish, .will]),
        (.correlationData, [0, 1, 0xFF], [.publish, .will]),
        (.subscriptionID, [1], [.publish, .subscribe]),
        (.sessionExpiry, [0, 0, 0, 1], [.connect, .connack, .disconnect]),
        (.assignedClientID, [0, 1, 0x61], [.connack]),
        (.serverKeepAlive, [0, 1], [.connack]),
        (.authenticationMethod, [0, 1, 0x61], [.connect, .connack, .auth]),
        (.authenticationData, [0, 1, 0xFF], [.connect, .connack, .auth]),
        (.requestProblemInformation, [1], [.connect]),
        (.willDelay, [0, 0, 0, 1], [.will]),
        (.requestResponseInformation, [1], [.connect]),
        (.responseInformation, [0, 1, 0x61], [.connack]),
        (.serverReference, [0, 1, 0x61], [.connack, .disconnect]),
        (
            .reasonString, [0, 1, 0x61],
            [.connack, .puback, .pubrec, .pubrel, .pubcomp, .suback, .unsuback, .disconnect, .auth]
        ),
        (.receiveMaximum, [0, 1], [.connect, .connack]),
        (.topicAliasMax, [0, 1], [.connect, .connack]),
        (.topicAlias, [0, 1], [.publish]),
        (.maximumQoS, [1], [.connack]),
        (.retainAvailable, [1], [.connack]),
        (.userProperty, [0, 1, 0x61, 0, 0], Set(Owner.allCases)),
        (.packetSizeMax, [0, 0, 0, 1], [.connect, .connack]),
        (.wildcardSubscriptionsAvailable, [1], [.connack]),
        (.subscriptionIDsAvailable, [1], [.connack]),
        (.sharedSubscriptionsAvailable, [1], [.connack]),
    ]

    @Test("all 27 properties are in the table")
    func complete() {
        #expect(PropertyTests.table.map(\.id) == PropertyID.allCases)
        #expect(PropertyID.allCases.count == 27)
    }

    @Test("a property is taken where the table has it, and malformed everywhere else", arguments: Owner.allCases)
    func places(owner: Owner) throws {
        for entry in PropertyTests.table {
            let (prefix, bytes) = PropertyTests.bytes(of: entry, in: owner)
            if entry.owners.contains(owner) {
                #expect(try PropertyTests.decode(owner.packet(prefix + bytes)) != nil, "\(entry.id)")
            } else {
                let fault = #expect(throws: PacketError.self) {
                    try PropertyTests.decode(owner.packet(prefix + bytes))
                }
                #expect(fault?.code == .propertyNotAllowed(entry.id))
                #expect(fault?.reasonCode == .malformedPacket)
            }
        }
    }

    @Test("twice is a protocol error, but for user properties and a PUBLISH's subscriptions", arguments: Owner.allCases)
    func repetition(owner: Owner) throws {
        for entry in PropertyTests.table where entry.owners.contains(owner) {
            let (prefix, bytes) = PropertyTests.bytes(of: entry, in: owner)
            let packet = owner.packet(prefix + bytes + bytes)
            if entry.id == .userProperty || entry.id == .subscriptionID && owner == .publish {
                #expect(try PropertyTests.decode(packet) != nil)
            } else {
                let fault = #expect(throws: PacketError.self) { try PropertyTests.decode(packet) }
                #expect(fault?.code == .duplicateProperty(entry.id))
                #expect(fault?.reasonCode == .protocolError)
            }
        }
    }

    @Test("a property that is cut off is malformed, wherever its list or its packet ends", arguments: Owner.allCases)
    func cutOff(owner: Owner) throws {
        for entry in PropertyTests.table where entry.owners.contains(owner) {
            let (prefix, bytes) = PropertyTests.bytes(of: entry, in: owner)
            for count in 1..<bytes.count {
                let fault = #expect(throws: PacketError.self) {
                    try PropertyTests.decode(owner.packet(prefix + bytes.prefix(count)))
                }
                #expect(fault?.code == .truncated)
            }
        }
    }

    @Test("1,000 user properties are taken, one more is like a packet that is too large", arguments: [1_000, 1_001])
    func manyPairs(count: Int) throws {
        let pairs = [UserProperty](repeating: UserProperty(name: "", value: ""), count: count)
        let publish = PublishPacket(
            topic: ByteBuffer(string: "t"),
            payload: ByteBuffer(),
            qos: .atMostOnce,
            properties: PublishProperties(userProperties: pairs)
        )
        var bytes = ByteBuffer()
        try Packet.publish(publish).encode(into: &bytes, version: .v5)
        var decoder = PacketDecoder(packetSizeMax: 1 << 16)
        decoder.version = .v5
        decoder.append(bytes)
        guard count > 1_000 else {
            let packet = try decoder.next()
            guard case .publish(let read) = packet else { throw PacketError(.truncated, at: 0) }
            #expect(read.properties?.userProperties.count == 1_000)
            #expect(read.properties?.wireBytes == 5_000)
            return
        }
        let fault = #expect(throws: PacketError.self) { try decoder.next() }
        #expect(fault?.code == .tooManyUserProperties(limit: 1_000))
        #expect(fault?.reasonCode == .packetTooLarge)
    }

    @Test("the size of a PUBLISH's properties is that of their bytes, and in memory 32 bytes a pair more")
    func sizes() throws {
        let properties = PublishProperties(
            payloadFormat: .text,
            messageExpirySeconds: 1,
            topicAlias: 2,
            responseTopic: ByteBuffer(string: "r"),
            correlationData: ByteBuffer(bytes: [1, 2]),
            contentType: "text",
            subscriptionIDs: [1, 300],
            userProperties: [UserProperty(name: "n", value: "value"), UserProperty(name: "", value: "")]
        )
        #expect(properties.wireBytes == 2 + 5 + 3 + 4 + 5 + 7 + 2 + 3 + 11 + 5)
        #expect(properties.memoryBytes >= properties.wireBytes + 64)
        let forwarded = PublishProperties(contentType: "text", userProperties: properties.userProperties)
        #expect(try forwarded.forwardedBytes().readableBytes == forwarded.wireBytes)
    }

    /// The property, and what has to stand before it: data need a method, AUTH always has one.
    private static func bytes(
        of entry: (id: PropertyID, value: [UInt8], owners: Set<Owner>),
        in owner: Owner
    ) -> (prefix: [UInt8], bytes: [UInt8]) {
        let needsMethod = owner == .auth || entry.id == .authenticationData && entry.owners.contains(owner)
        let hasMethod = needsMethod && entry.id != .authenticationMethod
        return (hasMethod ? [0x15, 0, 1, 0x6D] : [], [entry.id.rawValue] + entry.value)
    }

    private static func decode(_ bytes: [UInt8]) throws(PacketError) -> Packet? {
        var decoder = PacketDecoder(packetSizeMax: 256)
        decoder.version = .v5
        decoder.append(ByteBuffer(bytes: bytes))
        return try decoder.next()
    }
}
