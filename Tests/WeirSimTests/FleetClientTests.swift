import MQTTCodec
import NIOCore
import Testing

@testable import weir_sim

@Suite("the client's side of QoS 1, MQTT 3.1.1 §3.1, §4.3.2, §4.4")
struct FleetClientTests {
    static let settings = FleetClient.Settings(
        window: 3,
        keepAlive: .seconds(60),
        connectTimeout: .seconds(30),
        renewAfter: .seconds(1_000),
        renewalDrain: .seconds(10)
    )

    /// A client whose connection was accepted at second 0.
    static func openClient() -> FleetClient {
        var client = FleetClient(settings: FleetClientTests.settings, seed: 1, at: .zero)
        #expect(client.tick(at: .zero) == .connect)
        client.opened(at: .zero)
        #expect(client.answered(.accepted, at: .zero) == .resume)
        return client
    }

    static func send(_ client: inout FleetClient, _ numbers: Int..., at now: Duration = .zero) -> [UInt16] {
        numbers.map { client.send(OutgoingMessage(number: $0, payload: ByteBuffer()), at: now) }
    }

    static func inFlight(_ client: FleetClient) -> [String] {
        var messages = [String]()
        client.forEachUnacknowledged { messages.append("\($0):\($1.number)") }
        return messages
    }

    // MARK: Connecting

    @Test(
        "each CONNACK code is accepted, tried again or given up",
        arguments: [
            (ConnectReturnCode.accepted, FleetClient.AnswerAction.resume),
            (.unacceptableProtocolVersion, .giveUp(.protocolLevel)),
            (.identifierRejected, .giveUp(.clientID)),
            (.serverUnavailable, .drop(.unavailable)),
            (.badUserNameOrPassword, .giveUp(.userName)),
            (.notAuthorized, .giveUp(.credentials)),
        ]
    )
    func answers(code: ConnectReturnCode, expected: FleetClient.AnswerAction) {
        var client = FleetClient(settings: FleetClientTests.settings, seed: 1, at: .zero)
        #expect(client.tick(at: .zero) == .connect)
        client.opened(at: .zero)
        #expect(client.answered(code, at: .zero) == expected)
        #expect(client.isOpen == (code == .accepted))
        #expect(client.canSend == (code == .accepted))
        if case .giveUp = expected {
            #expect(client.closed(at: .zero) == .ended)
            #expect(client.tick(at: .seconds(9_999)) == .stop)
        }
    }

    @Test("nothing may be sent before CONNACK, and a second CONNACK ends the connection")
    func order() {
        var client = FleetClient(settings: FleetClientTests.settings, seed: 1, at: .seconds(5))
        #expect(client.tick(at: .seconds(4)) == .wake(at: .seconds(5)))
        #expect(
            client.answered(.accepted, at: .seconds(5)) == .drop(.protocolError("a CONNACK that was not asked for"))
        )
        #expect(client.tick(at: .seconds(5)) == .connect)
        #expect(client.tick(at: .seconds(5)) == .stop)
        #expect(!client.canSend)
        client.opened(at: .seconds(5))
        #expect(!client.canSend)
        #expect(client.answered(.accepted, at: .seconds(5)) == .resume)
        #expect(client.canSend)
        #expect(
            client.answered(.accepted, at: .seconds(5)) == .drop(.protocolError("a CONNACK that was not asked for"))
        )
    }

    @Test(
        "no CONNACK within 30 s drops the connection",
        arguments: [(29_999, FleetClient.TickAction.wake(at: .seconds(30))), (30_000, .drop(.noAnswer))]
    )
    func connectTimeout(milliseconds: Int, expected: FleetClient.TickAction) {
        var client = FleetClient(settings: FleetClientTests.settings, seed: 1, at: .zero)
        _ = client.tick(at: .zero)
        client.opened(at: .zero)
        #expect(client.tick(at: .milliseconds(milliseconds)) == expected)
    }

    // MARK: Messages

    @Test("the window takes its limit and no more, and opens with an acknowledgement")
    func window() {
        var client = FleetClientTests.openClient()
        #expect(FleetClientTests.send(&client, 0, 1) == [1, 2])
        #expect(client.canSend)
        #expect(FleetClientTests.send(&client, 2) == [3])
        #expect(!client.canSend)
        #expect(client.acknowledged(1) == .stored(number: 0))
        #expect(client.canSend)
        #expect(client.unacknowledgedCount == 2)
    }

    @Test("a PUBACK with an unknown identifier changes nothing")
    func unknownPuback() {
        var client = FleetClientTests.openClient()
        _ = FleetClientTests.send(&client, 0, 1)
        for id: UInt16 in [0, 3, 65_535] { #expect(client.acknowledged(id) == .unknown) }
        #expect(FleetClientTests.inFlight(client) == ["1:0", "2:1"])
        #expect(client.acknowledged(2) == .stored(number: 1))
        #expect(client.acknowledged(2) == .unknown)
    }

    @Test("after a reconnect the unacknowledged messages go again in order, with their identifiers [MQTT-4.4.0-1]")
    func resend() {
        var client = FleetClientTests.openClient()
        _ = FleetClientTests.send(&client, 10, 11, 12)
        #expect(client.acknowledged(2) == .stored(number: 11))
        guard case .wake(let time) = client.closed(at: .seconds(1)) else {
            Issue.record("a lost connection is tried again")
            return
        }
        #expect(!client.canSend)
        #expect(client.acknowledged(1) == .unknown, "a PUBACK of the lost connection")
        #expect(client.tick(at: time) == .connect)
        client.opened(at: time)
        #expect(client.answered(.accepted, at: time) == .resume)
        #expect(FleetClientTests.inFlight(client) == ["1:10", "3:12"])
        #expect(client.acknowledged(1) == .stored(number: 10))
        #expect(FleetClientTests.send(&client, 13) == [4])
        #expect(FleetClientTests.inFlight(client) == ["3:12", "4:13"])
    }

    // MARK: Keep-alive

    @Test(
        "PINGREQ goes out after 60 s without a packet sent [MQTT-3.1.2-23]",
        arguments: [(69_999, FleetClient.TickAction.wake(at: .seconds(70))), (70_000, .ping)]
    )
    func ping(milliseconds: Int, expected: FleetClient.TickAction) {
        var client = FleetClientTests.openClient()
        _ = FleetClientTests.send(&client, 0, at: .seconds(10))
        #expect(client.tick(at: .milliseconds(milliseconds)) == expected)
    }

    @Test("without PINGRESP the connection is dropped after 60 s more, with it the clock starts again")
    func silence() {
        var silent = FleetClientTests.openClient()
        #expect(silent.tick(at: .seconds(60)) == .ping)
        #expect(silent.tick(at: .seconds(60)) == .wake(at: .seconds(120)))
        #expect(silent.tick(at: .milliseconds(119_999)) == .wake(at: .seconds(120)))
        #expect(silent.tick(at: .seconds(120)) == .drop(.silent))
        var answered = FleetClientTests.openClient()
        #expect(answered.tick(at: .seconds(60)) == .ping)
        answered.pingAnswered()
        #expect(answered.tick(at: .seconds(61)) == .wake(at: .seconds(120)))
        #expect(answered.tick(at: .seconds(120)) == .ping)
    }

    // MARK: Reconnect delays

    @Test("failed attempts wait longer and longer, up to 5 s; a stored message ends the row")
    func delays() {
        var client = FleetClient(settings: FleetClientTests.settings, seed: 1, at: .zero)
        var now = Duration.zero
        var waits = [Duration]()
        for _ in 0..<12 {
            #expect(client.tick(at: now) == .connect)
            guard case .wake(let time) = client.closed(at: now) else { return }
            waits.append(time - now)
            now = time
        }
        for (index, wait) in waits.enumerated() {
            let step = min(Duration.milliseconds(50) * (1 << index), .seconds(5))
            #expect(wait >= step / 2 && wait <= step, "wait \(index): \(wait)")
        }
        #expect(client.tick(at: now) == .connect)
        client.opened(at: now)
        #expect(client.answered(.accepted, at: now) == .resume)
        _ = FleetClientTests.send(&client, 0, at: now)
        #expect(client.acknowledged(1) == .stored(number: 0))
        guard case .wake(let time) = client.closed(at: now) else { return }
        #expect(time - now <= .milliseconds(50))
    }

    // MARK: A new token

    @Test("before its token ends the client leaves when nothing is in flight, and comes back at once")
    func renewal() {
        var client = FleetClientTests.openClient()
        _ = FleetClientTests.send(&client, 0, at: .seconds(990))
        #expect(client.tick(at: .seconds(999)) == .wake(at: .seconds(1_000)))
        #expect(client.tick(at: .seconds(1_000)) == .wake(at: .seconds(1_010)))
        #expect(!client.canSend)
        #expect(client.acknowledged(1) == .storedLast(number: 0))
        #expect(client.closed(at: .seconds(1_001)) == .wake(at: .seconds(1_001)))
        #expect(client.tick(at: .seconds(1_001)) == .connect)
    }

    @Test("a renewal that waits 10 s for acknowledgements leaves, and the messages go again")
    func renewalDrain() {
        var client = FleetClientTests.openClient()
        _ = FleetClientTests.send(&client, 0, at: .seconds(990))
        _ = client.tick(at: .seconds(1_000))
        #expect(client.tick(at: .milliseconds(1_009_999)) == .wake(at: .seconds(1_010)))
        #expect(client.tick(at: .seconds(1_010)) == .disconnect)
        #expect(client.closed(at: .seconds(1_010)) == .wake(at: .seconds(1_010)))
        #expect(FleetClientTests.inFlight(client) == ["1:0"])
    }

    // MARK: Ending

    @Test("a client with nothing in flight ends at once, one with messages when the last is acknowledged")
    func end() {
        var idle = FleetClientTests.openClient()
        #expect(idle.end(within: nil, at: .zero) == .disconnect)
        #expect(idle.closed(at: .zero) == .ended)
        var busy = FleetClientTests.openClient()
        _ = FleetClientTests.send(&busy, 0, 1)
        #expect(busy.end(within: nil, at: .zero) == .wait)
        #expect(!busy.canSend)
        #expect(busy.acknowledged(2) == .stored(number: 1))
        #expect(busy.acknowledged(1) == .storedLast(number: 0))
        #expect(busy.closed(at: .zero) == .ended)
        #expect(busy.end(within: nil, at: .zero) == .ended)
    }

    @Test("a client that ends while disconnected with messages in flight comes back for their acknowledgements")
    func endWhileDisconnected() {
        var client = FleetClientTests.openClient()
        _ = FleetClientTests.send(&client, 0)
        guard case .wake(let time) = client.closed(at: .zero) else { return }
        #expect(client.end(within: nil, at: .zero) == .wait)
        #expect(client.tick(at: time) == .connect)
        client.opened(at: time)
        #expect(client.answered(.accepted, at: time) == .resume)
        #expect(!client.canSend)
        #expect(client.acknowledged(1) == .storedLast(number: 0))
        #expect(client.closed(at: time) == .ended)
    }

    @Test("a client that ends before its connection is accepted, with nothing to say, says goodbye")
    func endWhileConnecting() {
        var client = FleetClient(settings: FleetClientTests.settings, seed: 1, at: .zero)
        #expect(client.tick(at: .zero) == .connect)
        #expect(client.end(within: .seconds(10), at: .zero) == .wait)
        client.opened(at: .zero)
        #expect(client.answered(.accepted, at: .zero) == .disconnect)
        #expect(client.closed(at: .zero) == .ended)
        var waiting = FleetClient(settings: FleetClientTests.settings, seed: 1, at: .seconds(1))
        #expect(waiting.end(within: .seconds(10), at: .zero) == .ended)
        var failing = FleetClient(settings: FleetClientTests.settings, seed: 1, at: .zero)
        #expect(failing.tick(at: .zero) == .connect)
        #expect(failing.end(within: nil, at: .zero) == .wait)
        #expect(failing.closed(at: .zero) == .ended)
    }

    @Test(
        "patience bounds the wait for acknowledgements in every state",
        arguments: [(9_999, FleetClient.TickAction.wake(at: .seconds(10))), (10_000, .disconnect)]
    )
    func patience(milliseconds: Int, expected: FleetClient.TickAction) {
        var client = FleetClientTests.openClient()
        _ = FleetClientTests.send(&client, 0)
        #expect(client.end(within: .seconds(10), at: .zero) == .wait)
        #expect(client.tick(at: .milliseconds(milliseconds)) == expected)
        if expected == .disconnect { #expect(client.closed(at: .seconds(10)) == .ended) }

        var lost = FleetClientTests.openClient()
        _ = FleetClientTests.send(&lost, 0)
        #expect(lost.end(within: .seconds(10), at: .zero) == .wait)
        guard case .wake(let time) = lost.closed(at: .zero) else { return }
        #expect(lost.tick(at: time) == .connect)
        #expect(lost.tick(at: time) == .wake(at: .seconds(10)))
        #expect(lost.tick(at: .seconds(10)) == .abandon)
        #expect(lost.closed(at: .seconds(10)) == .ended)
        #expect(lost.unacknowledgedCount == 1)
    }
}
