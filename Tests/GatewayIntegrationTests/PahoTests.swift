import Foundation
import Testing

extension GatewayIntegration {
    @Suite(
        "paho-mqtt, unmodified, with MQTT 3.1.1 and 5",
        .enabled("SKIPPED: .venv-mqtt has no paho-mqtt 2 (make .venv-mqtt/ready)") {
            await ExternalProgram.hasMQTTPackages()
        }
    )
    struct PahoTests {
        /// What the program prints of a case.
        private struct Line: Decodable {
            var version: String
            var ok: Bool
            var error: String?
            var at: String?
        }

        @Test("the server does what the specification says", .timeLimit(.minutes(2)), arguments: try MQTTCase.all())
        func statement(of entry: MQTTCase) async throws {
            let folder = try TemporaryFolder()
            let gateway = try await GatewayUnderTest(in: folder)
            let server = try await gateway.writeServerFile(in: folder)
            let result = try await RunningProcess.run(
                ExternalProgram.mqttPython,
                [try ClientProgram.path("mqtt_cases.py"), server]
                    + entry.versions.flatMap { [entry.case, $0] },
                environment: ["PYTHONDONTWRITEBYTECODE": "1"],
                within: .seconds(90)
            )
            let lines = try result.output.split(separator: "\n").map {
                try JSONDecoder().decode(Line.self, from: Data($0.utf8))
            }
            for line in lines where !line.ok {
                Issue.record("MQTT \(line.version): \(entry.statement): \(line.error ?? "") (\(line.at ?? ""))")
            }
            #expect(lines.map(\.version) == entry.versions, "\(result.errors)")
            try await gateway.stop()
        }
    }
}
