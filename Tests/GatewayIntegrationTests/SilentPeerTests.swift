import Foundation
import Testing

extension GatewayIntegration {
    @Suite("peers that say nothing, half of something, or do not listen")
    struct SilentPeerTests {
        /// The first bytes of a TLS ClientHello that never comes whole.
        private static let halfHello: [UInt8] = [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xFC, 0x03, 0x03]

        @Test(
            "silence, half a CONNECT and a half-open TLS handshake end after connectTimeoutSeconds",
            .timeLimit(.minutes(1))
        )
        func halfOpen() async throws {
            let folder = try TemporaryFolder()
            let gateway = try await GatewayUnderTest(in: folder, settings: ["mqtt.connectTimeoutSeconds=1"])
            let steady = try await SteadyClient(of: gateway)
            let begin = ContinuousClock.now
            var sockets: [RawSocket] = []
            for _ in 0..<10 {
                sockets.append(try RawSocket(port: gateway.ports.mqtt))
                let half = try RawSocket(port: gateway.ports.mqtt)
                try half.send([0x10, 0x40, 0x00, 0x04])
                sockets.append(half)
                sockets.append(try RawSocket(port: gateway.ports.mqtts))
                let hello = try RawSocket(port: gateway.ports.mqtts)
                try hello.send(Self.halfHello)
                sockets.append(hello)
            }
            try steady.publish()
            for socket in sockets { #expect(try socket.receiveUntilClosed(within: .seconds(10)).isEmpty) }
            let duration = ContinuousClock.now - begin
            #expect(duration > .milliseconds(900) && duration < .seconds(5), "closed after \(duration)")
            try await Waiting.until("all counted", within: .seconds(5)) {
                try gateway.closed("connectTimeout") == sockets.count
            }
            try steady.publish()
            try await steady.check(gateway)
            try await gateway.stop()
        }

        @Test("MQTT on the port of TLS is a failed handshake", .timeLimit(.minutes(1)))
        func plainOnTLS() async throws {
            let folder = try TemporaryFolder()
            let gateway = try await GatewayUnderTest(in: folder)
            let steady = try await SteadyClient(of: gateway)
            let socket = try RawSocket(port: gateway.ports.mqtts)
            try socket.send(MQTTBytes.connect(clientID: "a", userName: "b", password: "c"))
            _ = try socket.receiveUntilClosed()
            try await Waiting.until("its count", within: .seconds(5)) { try gateway.closed("tlsHandshakeFailed") == 1 }
            try steady.publish()
            try await steady.check(gateway)
            try await gateway.stop()
        }

        @Test("silence beyond 1.5 × Keep Alive ends a connection [MQTT-3.1.2-24]", .timeLimit(.minutes(1)))
        func keepAlive() async throws {
            let folder = try TemporaryFolder()
            let gateway = try await GatewayUnderTest(in: folder)
            let device = try await gateway.makeDevice("falls-silent")
            let socket = try RawSocket(port: gateway.ports.mqtt)
            let begin = ContinuousClock.now
            try socket.send(
                MQTTBytes.connect(
                    clientID: device.id,
                    userName: device.userName,
                    password: device.token,
                    keepAliveSeconds: 1
                )
            )
            #expect(try socket.receive(4) == [0x20, 0x02, 0x00, 0x00])
            #expect(try socket.receiveUntilClosed().isEmpty)
            #expect(ContinuousClock.now - begin >= .milliseconds(1_500))
            try await Waiting.until("its count", within: .seconds(5)) { try gateway.closed("keepAliveTimeout") == 1 }
            try await gateway.stop()
        }

        @Test(
            "a client that stops reading its answers is bounded in memory and does not stop others",
            .timeLimit(.minutes(2))
        )
        func stopsReading() async throws {
            let folder = try TemporaryFolder()
            let gateway = try await GatewayUnderTest(in: folder)
            let steady = try await SteadyClient(of: gateway)
            let deaf = try RawDevice(
                try await gateway.makeDevice("deaf"),
                port: gateway.ports.mqtt,
                receiveBufferBytes: 4_096
            )
            // Every PINGREQ asks for a PINGRESP that is not read: the kernel's buffers fill, then the gateway's bound.
            let pings = [UInt8]((0..<32_768).flatMap { _ in MQTTBytes.pingRequest })
            var sent = 0
            var isCut = false
            let begin = ContinuousClock.now
            while !isCut, ContinuousClock.now - begin < .seconds(45) {
                do {
                    sent += try deaf.socket.sendSome(pings, within: .milliseconds(200))
                } catch is RawSocket.Failure {
                    isCut = true
                }
                try steady.publish()
            }
            let memory = try gateway.peakMemoryBytes()
            print(
                "deaf client: cut: \(isCut) after \(sent >> 10) KiB, \(ContinuousClock.now - begin); the gateway's peak is \(memory >> 20) MiB"
            )
            #expect(isCut)
            try await Waiting.until("its count", within: .seconds(5)) { try gateway.closed("slowConsumer") == 1 }
            #expect(memory < 200 << 20)
            try await steady.check(gateway)
            try await gateway.stop()
        }
    }
}
