import Foundation
import Glibc
import Testing

extension GatewayIntegration {
    @Suite("weir-agent and weir demo")
    struct AgentTests {
        /// The agent's last line.
        private struct Summary: Decodable {
            var sent: Int
            var acknowledged: Int
            var dropped: Int
        }

        /// A simulated sensor, over TLS.
        private static func configuration(_ device: TestDevice, _ gateway: GatewayUnderTest) -> String {
            """
            connection:
              connectionString: \(device.connectionString)
            mqtt:
              port: \(gateway.ports.mqtts)
              reconnectMinSeconds: 1
              reconnectMaxSeconds: 1
            tls:
              caFile: \(gateway.authority)
            clock:
              gatewayPort: \(gateway.ports.https)
            sampling:
              intervalMilliseconds: 100
            sensors:
              - type: simulated
                name: air
                seed: 7

            """
        }

        @Test(
            "an agent over TLS goes on over a restart of the gateway; what it counts is in the log",
            .timeLimit(.minutes(2))
        )
        func restart() async throws {
            let folder = try TemporaryFolder()
            let gateway = try await GatewayUnderTest(in: folder, ports: try GatewayPorts.lasting())
            let device = try await gateway.makeDevice("board-1")
            let file = try folder.write("agent.yaml", Self.configuration(device, gateway))
            let agent = try RunningProcess(BuiltProgram.agent, ["run", "--summary", "--config", file])

            try await Waiting.until("readings; \(agent.errors)", within: .seconds(20)) {
                try await gateway.records(device: "board-1").count >= 5
            }
            try await gateway.kill()
            try await gateway.start()
            let before = try await gateway.records(device: "board-1").count
            try await Waiting.until("readings after the restart; \(agent.errors)", within: .seconds(30)) {
                try await gateway.records(device: "board-1").count >= before + 10
            }
            agent.send(SIGTERM)
            let result = try await agent.exit(within: .seconds(20))
            #expect(result.status == 0, "\(result.errors)")
            let line = try #require(result.output.split(separator: "\n").last)
            let summary = try JSONDecoder().decode(Summary.self, from: Data(line.utf8))
            #expect(summary.sent == summary.acknowledged, "\(line)")
            #expect(summary.dropped == 0, "\(line)")

            let bodies = try await gateway.records(device: "board-1").map(\.body)
            let readings = try bodies.flatMap { try Self.readings($0) }
            #expect(readings.count == summary.acknowledged, "every reading, whatever was sent twice")
            #expect(Set(readings).count == readings.count)
            #expect(readings.allSatisfy { $0.contains(#""ts":""#) })
            #expect(readings.allSatisfy { $0.contains(#""temperature":"#) || $0.contains(#""health":"#) })
            try await gateway.stop()
        }

        /// A message's readings, each as text: one object, or an array of them.
        private static func readings(_ body: String) throws -> [String] {
            let value = try JSONSerialization.jsonObject(with: Data(body.utf8))
            return try (value as? [Any] ?? [value]).map { reading in
                let bytes = try JSONSerialization.data(withJSONObject: reading, options: [.sortedKeys])
                return String(decoding: bytes, as: UTF8.self)
            }
        }

        @Test("weir-agent check reads each sensor once", .timeLimit(.minutes(1)))
        func check() async throws {
            let folder = try TemporaryFolder()
            let file = try folder.write("agent.yaml", "sensors:\n  - type: simulated\n    name: air\n")
            let result = try await RunningProcess.run(BuiltProgram.agent, ["check", "--config", file, "--json"])
            #expect(result.output.contains("temperature"), "\(result.output) \(result.errors)")
        }

        @Test("weir demo shows readings, loses none and ends by itself with status 0", .timeLimit(.minutes(2)))
        func demo() async throws {
            let folder = try TemporaryFolder()
            let result = try await RunningProcess.run(
                BuiltProgram.weir,
                ["demo", "--seconds", "8", "--data", folder.file("data")],
                within: .seconds(60)
            )
            #expect(result.status == 0, "\(result.errors)")
            var numbers: [String: Int] = [:]
            for line in result.output.split(separator: "\n").suffix(5) {
                let words = line.split(separator: " ")
                numbers[words.dropLast().joined(separator: " ")] = words.last.flatMap { Int($0) }
            }
            #expect(numbers["lost"] == 0, "\(result.output.suffix(300))")
            #expect(numbers["acknowledged"] ?? 0 > 0)
            #expect(numbers["sent"] == numbers["acknowledged"])
            #expect(numbers["in the log"] ?? 0 >= numbers["acknowledged"] ?? .max)
            #expect(result.output.contains("temperature"), "readings are shown")
        }
    }
}
