import MQTTProtocol
import Testing

@Suite("A server's connection, MQTT 3.1.1 §3.1")
struct ConnectionLifecycleTests {
    private let limits = ConnectionLifecycle.Limits(
        connectTimeout: .seconds(10),
        authenticationTimeout: .seconds(5),
        silenceMax: .seconds(1_767)
    )

    private func awaiting() -> ConnectionLifecycle {
        ConnectionLifecycle(acceptedAt: .zero, limits: self.limits)
    }

    private func open(keepAliveSeconds: UInt16 = 10, expiry: Duration? = nil) -> ConnectionLifecycle {
        var lifecycle = self.awaiting()
        #expect(lifecycle.received(.connect(keepAliveSeconds: keepAliveSeconds), at: .zero) == .authenticate)
        #expect(lifecycle.accepted(expiry: expiry, at: .zero) == true)
        return lifecycle
    }

    @Test(
        "a first packet other than CONNECT closes without an answer [MQTT-3.1.0-1]",
        arguments: [PacketSummary.fromClient, .fromServer, .disconnect]
    )
    func firstPacket(packet: PacketSummary) {
        var lifecycle = self.awaiting()
        #expect(lifecycle.received(packet, at: .zero) == .close(.connectMissing))
        #expect(lifecycle.acceptsPackets == false)
    }

    @Test("packets wait while the decision about CONNECT is awaited")
    func waiting() {
        var lifecycle = self.awaiting()
        #expect(lifecycle.acceptsPackets == true)
        #expect(lifecycle.received(.connect(keepAliveSeconds: 1), at: .zero) == .authenticate)
        #expect(lifecycle.acceptsPackets == false)
        #expect(lifecycle.isOpen == false)
        #expect(lifecycle.accepted(expiry: nil, at: .zero) == true)
        #expect(lifecycle.acceptsPackets == true)
        #expect(lifecycle.isOpen == true)
    }

    @Test("a second CONNECT closes, also before the first is decided [MQTT-3.1.0-2]", arguments: [false, true])
    func secondConnect(isOpen: Bool) {
        var lifecycle = self.awaiting()
        _ = lifecycle.received(.connect(keepAliveSeconds: 1), at: .zero)
        if isOpen { #expect(lifecycle.accepted(expiry: nil, at: .zero) == true) }
        #expect(lifecycle.received(.connect(keepAliveSeconds: 1), at: .zero) == .close(.secondConnect))
        #expect(lifecycle.isOpen == false)
    }

    @Test("a packet that only a server sends closes")
    func serverPacket() {
        var lifecycle = self.open()
        #expect(lifecycle.received(.fromServer, at: .zero) == .close(.unexpectedPacket))
    }

    @Test("DISCONNECT ends, and a packet after it is not served [MQTT-3.14.4-1]")
    func disconnect() {
        var lifecycle = self.open()
        #expect(lifecycle.received(.fromClient, at: .zero) == .handle)
        #expect(lifecycle.received(.disconnect, at: .zero) == .end)
        #expect(lifecycle.received(.fromClient, at: .zero) == .close(.unexpectedPacket))
        #expect(lifecycle.tick(at: .zero) == .stop)
        #expect(lifecycle.close() == false)
    }

    @Test("a decision that comes after the end opens nothing")
    func lateDecision() {
        var lifecycle = self.awaiting()
        _ = lifecycle.received(.connect(keepAliveSeconds: 1), at: .zero)
        #expect(lifecycle.close() == true)
        #expect(lifecycle.accepted(expiry: nil, at: .zero) == false)
        #expect(lifecycle.isOpen == false)
    }

    @Test(
        "no CONNECT within the limit closes",
        arguments: [
            (9_999, ConnectionLifecycle.TickAction.wake(at: .seconds(10))), (10_000, .close(.connect)),
        ]
    )
    func connectTimeout(milliseconds: Int, expected: ConnectionLifecycle.TickAction) {
        var lifecycle = self.awaiting()
        #expect(lifecycle.tick(at: .milliseconds(milliseconds)) == expected)
    }

    @Test(
        "no decision within the limit closes",
        arguments: [
            (11_999, ConnectionLifecycle.TickAction.wake(at: .seconds(12))), (12_000, .close(.authentication)),
        ]
    )
    func authenticationTimeout(milliseconds: Int, expected: ConnectionLifecycle.TickAction) {
        var lifecycle = self.awaiting()
        _ = lifecycle.received(.connect(keepAliveSeconds: 1), at: .seconds(7))
        #expect(lifecycle.tick(at: .milliseconds(milliseconds)) == expected)
    }

    @Test(
        "silence of 1.5 × Keep Alive closes, 1767 s at most, which also stands for none [MQTT-3.1.2-24]",
        arguments: [
            (10, 15_000), (1, 1_500), (1_178, 1_767_000), (1_179, 1_767_000), (65_535, 1_767_000), (0, 1_767_000),
        ]
            as [(UInt16, Int)]
    )
    func silence(keepAliveSeconds: UInt16, limitMilliseconds: Int) {
        let limit = Duration.milliseconds(limitMilliseconds)
        var lifecycle = self.open(keepAliveSeconds: keepAliveSeconds)
        #expect(lifecycle.tick(at: limit - .milliseconds(1)) == .wake(at: limit))
        #expect(lifecycle.received(.fromClient, at: limit - .milliseconds(1)) == .handle)
        #expect(lifecycle.tick(at: limit) == .wake(at: limit + limit - .milliseconds(1)))
        #expect(lifecycle.tick(at: limit + limit - .milliseconds(1)) == .close(.keepAlive))
        #expect(lifecycle.tick(at: limit + limit) == .stop)
    }

    @Test("while the server does not read, silence does not count, and the credentials' life does")
    func notReading() {
        var lifecycle = self.open(keepAliveSeconds: 10, expiry: .seconds(40))
        lifecycle.notReading(at: .seconds(16))
        #expect(lifecycle.tick(at: .milliseconds(30_999)) == .wake(at: .seconds(31)))
        lifecycle.notReading(at: .seconds(40))
        #expect(lifecycle.tick(at: .seconds(40)) == .close(.expiry))
        lifecycle.notReading(at: .seconds(41))
        #expect(lifecycle.tick(at: .seconds(41)) == .stop)
    }

    @Test("deadlines before acceptance hold, whether the server reads or not")
    func notReadingBeforeAcceptance() {
        var lifecycle = self.awaiting()
        lifecycle.notReading(at: .seconds(9))
        #expect(lifecycle.tick(at: .seconds(9)) == .wake(at: .seconds(10)))
        _ = lifecycle.received(.connect(keepAliveSeconds: 1), at: .seconds(9))
        lifecycle.notReading(at: .seconds(13))
        #expect(lifecycle.tick(at: .seconds(14)) == .close(.authentication))
    }

    @Test("the end of the credentials' life closes, packets or not")
    func expiry() {
        var lifecycle = self.open(keepAliveSeconds: 10, expiry: .seconds(12))
        #expect(lifecycle.tick(at: .seconds(1)) == .wake(at: .seconds(12)))
        #expect(lifecycle.received(.fromClient, at: .seconds(11)) == .handle)
        #expect(lifecycle.tick(at: .milliseconds(11_999)) == .wake(at: .seconds(12)))
        #expect(lifecycle.tick(at: .seconds(12)) == .close(.expiry))
    }

    @Test("an end of life behind the silence limit wakes for the silence first")
    func lateExpiry() {
        var lifecycle = self.open(keepAliveSeconds: 10, expiry: .seconds(3_600))
        #expect(lifecycle.tick(at: .zero) == .wake(at: .seconds(15)))
    }
}
