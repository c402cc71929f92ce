import MQTTCodec
import MQTTProtocol
import MQTTServer
import NIOCore
import ServerTestSupport
import Synchronization
import TelemetryModel
import TestSupport
import Testing

@Suite("Whose CONNECT is decided, and when", .timeLimit(.minutes(1)))
struct ConnectTurnTests {
    /// Refuses those without a user name, and counts.
    private final class Door: Sendable {
        let asked = Atomic<Int>(0)
        let running = Atomic<Int>(0)
        let most = Atomic<Int>(0)
        let cancelled = Atomic<Int>(0)
        let isOpen = Atomic<Bool>(false)

        /// Waits until the door is opened, or nobody waits for the answer.
        func authenticator() -> FakeAuthenticator {
            FakeAuthenticator { request in
                self.asked.add(1, ordering: .relaxed)
                let running = self.running.add(1, ordering: .relaxed).newValue
                _ = self.most.max(running, ordering: .relaxed)
                defer { self.running.subtract(1, ordering: .relaxed) }
                do {
                    while !self.isOpen.load(ordering: .relaxed) { try await Task.sleep(for: .milliseconds(1)) }
                } catch {
                    self.cancelled.add(1, ordering: .relaxed)
                }
                guard request.userName != nil else { return .refuse(.notAuthorized, reason: "no") }
                return await FakeAuthenticator.application().authenticate(request)
            }
        }
    }

    @Test("after its failures an address is not asked for before its wait is over")
    func wait() async throws {
        let door = Door()
        door.isOpen.store(true, ordering: .relaxed)
        var configuration = MQTTServer.Configuration()
        configuration.refusals = .init(failuresFree: 0, waitFirst: .milliseconds(400), waitMax: .milliseconds(400))
        try await TestEndpoint.run(authenticator: door.authenticator(), configuration: configuration) { endpoint in
            let wrong = try await endpoint.client()
            let start = ContinuousClock.now
            try await wrong.send(.connect(ConnectPacket(clientID: "wrong")))
            try await eventually { door.asked.load(ordering: .relaxed) == 1 }
            let right = try await endpoint.client()
            try await right.connect(ConnectPacket(clientID: "right", userName: "u"))
            #expect(ContinuousClock.now - start >= .milliseconds(390))
        }
    }

    @Test("a success ends what the failures before it cost")
    func success() async throws {
        let door = Door()
        door.isOpen.store(true, ordering: .relaxed)
        var configuration = MQTTServer.Configuration()
        // Longer than a decision may take: one failure more than is free and the next CONNECT is refused.
        configuration.refusals = .init(failuresFree: 1, waitFirst: .seconds(30), waitMax: .seconds(30))
        try await TestEndpoint.run(authenticator: door.authenticator(), configuration: configuration) { endpoint in
            for round in 1...2 {
                let wrong = try await endpoint.client()
                try await wrong.send(.connect(ConnectPacket(clientID: "wrong")))
                _ = try await wrong.next()
                let right = try await endpoint.client()
                try await right.connect(ConnectPacket(clientID: "right \(round)", userName: "u"))
            }
        }
    }

    @Test("a wait beyond the deadline of the decision is answered with 3 at the deadline")
    func deadline() async throws {
        let door = Door()
        door.isOpen.store(true, ordering: .relaxed)
        var configuration = MQTTServer.Configuration()
        configuration.refusals = .init(failuresFree: 0, waitFirst: .seconds(30), waitMax: .seconds(30))
        configuration.limits.authenticationTimeout = .seconds(2)
        try await TestEndpoint.run(authenticator: door.authenticator(), configuration: configuration) { endpoint in
            let wrong = try await endpoint.client()
            try await wrong.send(.connect(ConnectPacket(clientID: "wrong")))
            try await eventually { door.asked.load(ordering: .relaxed) == 1 }
            let right = try await endpoint.client()
            try await right.send(.connect(ConnectPacket(clientID: "right", userName: "u")))
            let answer = try await right.next()
            #expect(
                answer == .packet(.connack(ConnackPacket(sessionPresent: false, returnCode: .serverUnavailable)))
            )
            #expect(door.asked.load(ordering: .relaxed) == 1)
        }
    }

    @Test("of one address so many are decided at once, the others behind them, and none is lost")
    func turns() async throws {
        let door = Door()
        var configuration = MQTTServer.Configuration.with(\.authenticationsPerAddressMax, 2)
        // Who waits is not refused for that, however slow the machine is.
        configuration.limits.authenticationTimeout = .seconds(600)
        try await TestEndpoint.run(authenticator: door.authenticator(), configuration: configuration) { endpoint in
            var clients: [TestClient] = []
            for number in 0..<6 {
                let client = try await endpoint.client()
                try await client.send(.connect(ConnectPacket(clientID: "c\(number)", userName: "u")))
                clients.append(client)
            }
            try await eventually { door.asked.load(ordering: .relaxed) == 2 }
            // One in the line goes away.
            try await clients.remove(at: 3).close()
            door.isOpen.store(true, ordering: .relaxed)
            for client in clients {
                let answer = try await client.next()
                #expect(answer == .packet(.connack(ConnackPacket(sessionPresent: false, returnCode: .accepted))))
            }
            #expect(door.most.load(ordering: .relaxed) == 2)
        }
    }

    @Test("the decision of a client that is gone is cancelled")
    func cancelled() async throws {
        let door = Door()
        try await TestEndpoint.run(authenticator: door.authenticator()) { endpoint in
            let client = try await endpoint.client()
            try await client.send(.connect(ConnectPacket(clientID: "a", userName: "u")))
            try await eventually { door.asked.load(ordering: .relaxed) == 1 }
            try await client.close()
            try await eventually { door.cancelled.load(ordering: .relaxed) == 1 }
        }
    }
}
