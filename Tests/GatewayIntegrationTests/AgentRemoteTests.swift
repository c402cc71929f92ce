import Foundation
import Glibc
import Testing

extension GatewayIntegration {
    @Suite("weir-agent's twin and methods, through the gateway")
    struct AgentRemoteTests {
        private static func configuration(_ device: TestDevice, _ gateway: GatewayUnderTest) -> String {
            """
            connection: {connectionString: "\(device.connectionString)"}
            mqtt: {port: \(gateway.ports.mqtts), reconnectMaxSeconds: 1}
            tls: {caFile: \(gateway.authority)}
            clock: {trustSystem: true}
            sampling: {intervalMilliseconds: 200}
            health: {intervalSeconds: 1}
            sensors: [{type: simulated, name: air, dewPoint: true}]
            """
        }

        /// The reported section as JSON text without blanks.
        private static func reported(_ id: String, _ gateway: GatewayUnderTest) async throws -> String {
            let twin = try await gateway.weir("twin", "show", id, "--json")
            let object = try JSONSerialization.jsonObject(with: Data(twin.utf8)) as? [String: Any]
            var reported = (object?["properties"] as? [String: Any])?["reported"] as? [String: Any] ?? [:]
            reported["$metadata"] = nil
            let bytes = try JSONSerialization.data(withJSONObject: reported, options: [.sortedKeys])
            return String(decoding: bytes, as: UTF8.self)
        }

        @Test(
            "what the twin desires takes effect, bad values are refused, methods answer, health is in the log",
            .timeLimit(.minutes(5))
        )
        func remote() async throws {
            let folder = try TemporaryFolder()
            let gateway = try await GatewayUnderTest(in: folder, ports: try GatewayPorts.lasting())
            let device = try await gateway.makeDevice("board-2")
            let file = try folder.write("agent.yaml", Self.configuration(device, gateway))
            let agent = try RunningProcess(BuiltProgram.agent, ["run", "--config", file])

            func waitFor(_ text: String) async throws {
                try await Waiting.until("\(text) in the reported properties; \(agent.errors)", within: .seconds(60)) {
                    try await Self.reported("board-2", gateway).contains(text)
                }
            }
            try await waitFor(#""sensors":{"air":{"place":"simulated","state":"working"}}"#)
            let desired = #"{"sensors":{"air":{"intervalMilliseconds":400}},"channels":{"humidity":{"deadBand":-1}}}"#
            _ = try await gateway.weir("twin", "update", "board-2", "--desired", desired)
            try await waitFor(#""intervalMilliseconds":400"#)
            try await waitFor(#""key":"channels.humidity.deadBand""#)

            // A gateway that starts anew finds the agent again, and its wishes are still in effect.
            try await gateway.kill()
            try await gateway.start()
            try await Waiting.until("an answer after the restart; \(agent.errors)", within: .seconds(60)) {
                try await gateway.run("method", "call", "board-2", "ping").status == 0
            }
            let values = try await gateway.weir("method", "call", "board-2", "readNow")
            #expect(values.contains("dewPoint"), "\(values)")
            let refusal = try await gateway.run("method", "call", "board-2", "reboot")
            #expect((refusal.output + refusal.errors).contains("there is no method 'reboot'"))
            _ = try await gateway.weir("method", "call", "board-2", "restart")
            try await Waiting.until("a second start; \(agent.errors)", within: .seconds(60)) {
                agent.errors.components(separatedBy: "starts with 1 sensor").count == 3
            }
            try await waitFor(#""intervalMilliseconds":400"#)
            try await Waiting.until("health in the log", within: .seconds(60)) {
                try await gateway.records(device: "board-2").contains { $0.body.contains(#""health":{"#) }
            }
            agent.send(SIGTERM)
            let result = try await agent.exit(within: .seconds(30))
            #expect(result.status == 0, "\(result.errors)")
            try await gateway.stop()
        }
    }
}
