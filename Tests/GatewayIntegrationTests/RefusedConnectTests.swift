import Foundation
import Testing

extension GatewayIntegration {
    @Suite("CONNECT that is refused, contract iothub-mqtt sections 2 and 3")
    struct RefusedConnectTests {
        /// A CONNECT with one thing wrong.
        private struct Attempt {
            var what: String
            var clientID: String
            var userName: String?
            var password: String?
            var level: UInt8 = 4
            var code: UInt8
        }

        private static func attempts(_ gateway: GatewayUnderTest) async throws -> [Attempt] {
            let device = try await gateway.makeDevice("known")
            let other = try await gateway.makeDevice("other")
            _ = try await gateway.weir("device", "create", "disabled", "--disabled")
            let disabledToken = try await gateway.weir("device", "token", "disabled")
            var attempts = [
                Attempt(
                    what: "protocol level 3",
                    clientID: "known",
                    userName: device.userName,
                    password: device.token,
                    level: 3,
                    code: 1
                ),
                Attempt(
                    what: "client id of another device",
                    clientID: "other",
                    userName: device.userName,
                    password: device.token,
                    code: 2
                ),
                Attempt(
                    what: "user name in the hub's form with too many parts",
                    clientID: "known",
                    userName: "localhost/known/module/more/?api-version=2021-04-12",
                    password: device.token,
                    code: 4
                ),
                Attempt(
                    what: "plain user name that nobody has",
                    clientID: "known",
                    userName: "localhost",
                    password: device.token,
                    code: 5
                ),
                Attempt(what: "no user name", clientID: "known", userName: nil, password: nil, code: 5),
                Attempt(
                    what: "key of another device",
                    clientID: "known",
                    userName: device.userName,
                    password: other.token,
                    code: 5
                ),
                Attempt(what: "no token", clientID: "known", userName: device.userName, password: "secret", code: 5),
                Attempt(what: "no password", clientID: "known", userName: device.userName, password: nil, code: 5),
                Attempt(
                    what: "unknown device",
                    clientID: "unknown",
                    userName: "localhost/unknown/?api-version=2021-04-12",
                    password: device.token,
                    code: 5
                ),
                Attempt(
                    what: "unknown hub",
                    clientID: "known",
                    userName: "hub.example.org/known/?api-version=2021-04-12",
                    password: device.token,
                    code: 5
                ),
                Attempt(
                    what: "disabled device",
                    clientID: "disabled",
                    userName: "localhost/disabled/?api-version=2021-04-12",
                    password: disabledToken,
                    code: 5
                ),
            ]
            if ExternalProgram.hasPython {
                let expired = try await RunningProcess.run(
                    "python3",
                    [try ClientProgram.path("make_token.py"), "localhost/devices/known", device.key, "1600000000"]
                )
                let token = expired.output.replacing("\n", with: "")
                attempts.append(
                    Attempt(
                        what: "expired token",
                        clientID: "known",
                        userName: device.userName,
                        password: token,
                        code: 5
                    )
                )
            } else {
                print("SKIPPED: expired token, because python3 is missing")
            }
            return attempts
        }

        @Test(
            "each is answered with its code, closed and counted, and another device notices nothing",
            .timeLimit(.minutes(1))
        )
        func codes() async throws {
            let folder = try TemporaryFolder()
            let gateway = try await GatewayUnderTest(in: folder)
            let steady = try await SteadyClient(of: gateway)
            let attempts = try await Self.attempts(gateway)
            for attempt in attempts {
                let socket = try RawSocket(port: gateway.ports.mqtt)
                try socket.send(
                    MQTTBytes.connect(
                        clientID: attempt.clientID,
                        userName: attempt.userName,
                        password: attempt.password,
                        level: attempt.level
                    )
                )
                let answer = try socket.receiveUntilClosed()
                #expect(answer == [0x20, 0x02, 0x00, attempt.code], "\(attempt.what)")
                try steady.publish()
            }
            for code in UInt8(1)...5 {
                let counted = try gateway.metric("weir_mqtt_connections_refused_total{code=\"\(code)\"}")
                #expect(counted == attempts.count { $0.code == code }, "code \(code)")
            }
            try await Waiting.until("all counted as refused", within: .seconds(5)) {
                try gateway.closed("refused") == attempts.count
            }
            let failures = try gateway.metric("weir_mqtt_authentication_failures_total")
            #expect(failures == attempts.count { $0.code >= 4 })
            try await steady.check(gateway)
            try await gateway.stop()
        }

        @Test(
            "a message that follows a refused CONNECT in the same flight is not taken; the code is heard",
            .timeLimit(.minutes(1))
        )
        func messageBehind() async throws {
            let folder = try TemporaryFolder()
            let gateway = try await GatewayUnderTest(in: folder)
            let device = try await gateway.makeDevice("known")
            let other = try await gateway.makeDevice("other")
            let socket = try RawSocket(port: gateway.ports.mqtt)
            try socket.send(
                MQTTBytes.connect(clientID: device.id, userName: device.userName, password: other.token)
                    + MQTTBytes.publish(device.eventsTopic, Array("{}".utf8), id: 1)
            )
            #expect(try socket.receiveUntilClosed() == [0x20, 0x02, 0x00, 0x05])
            #expect(try await gateway.records().isEmpty)
            try await gateway.stop()
        }
    }
}
