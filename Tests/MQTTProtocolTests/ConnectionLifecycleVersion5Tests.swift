import MQTTCodec
import MQTTProtocol
import Testing

@Suite("A server's connection, what MQTT 5.0 adds")
struct ConnectionLifecycleVersion5Tests {
    private func awaiting() -> ConnectionLifecycle {
        ConnectionLifecycle(acceptedAt: .zero, limits: ConnectionLifecycle.Limits())
    }

    private func open(_ version: MQTTVersion) -> ConnectionLifecycle {
        var lifecycle = self.awaiting()
        _ = lifecycle.received(.connect(keepAliveSeconds: 10, version: version), at: .zero)
        _ = lifecycle.accepted(expiry: nil, at: .zero)
        return lifecycle
    }

    @Test("a fault is told with DISCONNECT in 5, and with a close in 3.1.1 §4.13.1")
    func faults() {
        for reason in [ReasonCode.malformedPacket, .protocolError, .receiveMaximumExceeded, .packetTooLarge] {
            #expect(self.open(.v5).answer(to: reason) == .disconnect(reason))
            #expect(self.open(.v311).answer(to: reason) == .close)
        }
    }

    @Test("no DISCONNECT precedes CONNACK [MQTT-3.14.0-1]")
    func beforeConnack() {
        var lifecycle = self.awaiting()
        #expect(lifecycle.answer(to: .protocolError) == .close)
        _ = lifecycle.received(.connect(keepAliveSeconds: 10, version: .v5), at: .zero)
        #expect(lifecycle.version == .v5)
        #expect(lifecycle.answer(to: .protocolError) == .close)
        #expect(lifecycle.received(.connect(keepAliveSeconds: 10, version: .v5), at: .zero) == .close(.secondConnect))
        #expect(lifecycle.answer(to: .protocolError) == .close)
    }

    @Test("a second CONNECT and AUTH are protocol errors, told after the end, too [MQTT-3.1.0-2] [MQTT-4.12.0-6]")
    func violations() {
        for packet in [PacketSummary.connect(keepAliveSeconds: 1, version: .v5), .authentication, .fromServer] {
            var lifecycle = self.open(.v5)
            guard case .close(let violation) = lifecycle.received(packet, at: .zero) else {
                Issue.record("\(packet) is served")
                continue
            }
            #expect(violation.reasonCode == .protocolError)
            #expect(lifecycle.answer(to: violation.reasonCode) == .disconnect(.protocolError))
        }
        var lifecycle = self.awaiting()
        #expect(lifecycle.received(.authentication, at: .zero) == .close(.connectMissing))
    }

    @Test(
        "a Keep Alive that the server does not wait for is answered with its own [MQTT-3.1.2-21] [MQTT-3.2.2-21]",
        arguments: [
            (MQTTVersion.v5, 0, 1_178), (.v5, 1, nil), (.v5, 1_178, nil), (.v5, 1_179, 1_178), (.v5, 65_535, 1_178),
            (.v311, 0, nil), (.v311, 65_535, nil),
        ] as [(MQTTVersion, UInt16, UInt16?)]
    )
    func serverKeepAlive(version: MQTTVersion, seconds: UInt16, expected: UInt16?) {
        var lifecycle = self.awaiting()
        _ = lifecycle.received(.connect(keepAliveSeconds: seconds, version: version), at: .zero)
        #expect(lifecycle.serverKeepAliveSeconds == expected)
    }

    @Test("silence is told with 0x8D, the end of the credentials with 0xA0 [MQTT-3.1.2-22]")
    func timeouts() {
        #expect(ConnectionLifecycle.Timeout.keepAlive.reasonCode == .keepAliveTimeout)
        #expect(ConnectionLifecycle.Timeout.expiry.reasonCode == .maximumConnectTime)
        var lifecycle = self.open(.v5)
        #expect(lifecycle.tick(at: .milliseconds(14_999)) == .wake(at: .seconds(15)))
        #expect(lifecycle.tick(at: .seconds(15)) == .close(.keepAlive))
        #expect(lifecycle.answer(to: .keepAliveTimeout) == .disconnect(.keepAliveTimeout))
    }
}
