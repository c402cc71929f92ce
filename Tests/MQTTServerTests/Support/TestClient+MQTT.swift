import MQTTCodec
import NIOCore
import ServerTestSupport
import Testing

extension TestClient {
    /// Sends CONNECT and expects to be accepted.
    func connect(_ packet: ConnectPacket, sessionPresent: Bool = false) async throws {
        try await self.send(.connect(packet))
        let answer = try await self.next()
        #expect(answer == .packet(.connack(ConnackPacket(sessionPresent: sessionPresent, returnCode: .accepted))))
    }

    /// Sends CONNECT of a device with a clean session and expects to be accepted.
    func connect(_ clientID: String) async throws {
        try await self.connect(ConnectPacket(clientID: clientID))
    }

    /// Expects PINGRESP next: the server has processed what was sent before, and has sent nothing else.
    func expectNothingButPing(_ comment: Comment? = nil, sourceLocation: SourceLocation = #_sourceLocation) async throws
    {
        try await self.send(.pingreq)
        let answer = try await self.next()
        #expect(answer == .packet(.pingresp), comment, sourceLocation: sourceLocation)
    }

    /// Expects PUBACKs of these publishes, in this order.
    func expectAcknowledged(
        _ ids: some Sequence<UInt16>,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        for id in ids {
            let answer = try await self.next()
            #expect(answer == .packet(.puback(PubackPacket(packetID: id))), sourceLocation: sourceLocation)
        }
    }

    /// Expects the server to close without a further packet.
    func expectClosed(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let answer = try await self.next()
        #expect(answer == .closed, sourceLocation: sourceLocation)
    }
}

extension Packet {
    /// Telemetry of a device.
    static func telemetry(
        of device: String,
        bag: String = "",
        _ payload: String = "{}",
        id: UInt16 = 1,
        qos: QoS = .atLeastOnce,
        isDuplicate: Bool = false,
        retain: Bool = false
    ) -> Packet {
        .publish(
            PublishPacket(
                topic: ByteBuffer(string: "devices/\(device)/messages/events/\(bag)"),
                payload: ByteBuffer(string: payload),
                qos: qos,
                packetID: qos == .atMostOnce ? 0 : id,
                isDuplicate: isDuplicate,
                retain: retain
            )
        )
    }
}
