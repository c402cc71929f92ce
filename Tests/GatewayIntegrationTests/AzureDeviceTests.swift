import Foundation
import Testing

extension GatewayIntegration {
    @Suite(
        "azure-iot-device 2.14, unmodified, over TLS on its fixed port 8883",
        .enabled("SKIPPED: .venv-test has no azure-iot-device (make .venv-test/ready)") {
            await ExternalProgram.works(ExternalProgram.testPython, "-c", "import azure.iot.device")
        }
    )
    struct AzureDeviceTests {
        /// The port that the package knows; nothing else may listen there.
        private static let port = 8_883

        private static func gateway(in folder: TemporaryFolder) async throws -> GatewayUnderTest {
            try #require(
                GatewayPorts.isFree(AzureDeviceTests.port),
                "port 8883 is taken by another program: stop it, azure-iot-device knows no other"
            )
            var ports = try GatewayPorts.lasting()
            ports.mqtts = AzureDeviceTests.port
            return try await GatewayUnderTest(in: folder, ports: ports)
        }

        private static func start(
            _ connectionString: String,
            _ gateway: GatewayUnderTest,
            count: Int
        ) throws -> RunningProcess {
            try RunningProcess(
                ExternalProgram.testPython,
                [try ClientProgram.path("azure_device.py"), connectionString, gateway.authority, "\(count)"]
            )
        }

        private static func acknowledged(_ program: RunningProcess) -> [Int] {
            program.output.split(separator: "\n").filter { $0.hasPrefix("acknowledged ") }
                .compactMap { Int($0.dropFirst("acknowledged ".count)) }
        }

        @Test(
            "messages go on over a kill -9 of the gateway, with all their properties, none lost",
            .timeLimit(.minutes(3))
        )
        func restart() async throws {
            let folder = try TemporaryFolder()
            let gateway = try await Self.gateway(in: folder)
            let device = try await gateway.makeDevice("sdk-device")
            let count = 300
            let program = try Self.start(device.connectionString, gateway, count: count)
            try await Waiting.until("20 acknowledged messages; \(program.errors)", within: .seconds(40)) {
                Self.acknowledged(program).count >= 20
            }
            try await gateway.kill()
            let before = Self.acknowledged(program).count
            try await gateway.start()
            let result = try await program.exit(within: .seconds(90))
            #expect(result.status == 0, "\(result.errors)")
            #expect(Self.acknowledged(program) == Array(1...count))
            #expect(before < count, "the gateway was killed while the program was still sending")

            let records = try await gateway.records()
            // A message whose PUBACK was lost is sent again: at least once, and the first time in order.
            var seen = Set<String>()
            let firsts = records.filter { seen.insert($0.systemProperties["message-id"] ?? "").inserted }
            #expect(firsts.map(\.body) == (1...count).map { #"{"n":\#($0)}"# })
            for (number, record) in zip(1..., firsts) {
                try #require(record.deviceId == "sdk-device")
                try #require(record.systemProperties["message-id"] == "m-\(number)")
                try #require(record.systemProperties["content-type"] == "application/json")
                try #require(record.systemProperties["content-encoding"] == "utf-8")
                try #require(
                    record.applicationProperties == ["alert level": "hot & cold=1/2", "n": "\(number)"]
                )
            }
            try await gateway.stop()
        }

        @Test("a wrong key is a CredentialError to the program", .timeLimit(.minutes(2)))
        func wrongKey() async throws {
            let folder = try TemporaryFolder()
            let gateway = try await Self.gateway(in: folder)
            let device = try await gateway.makeDevice("sdk-device")
            let other = try await gateway.makeDevice("other")
            let program = try Self.start(
                device.connectionString.replacing(device.key, with: other.key),
                gateway,
                count: 1
            )
            let result = try await program.exit(within: .seconds(40))
            #expect(result.status == 3)
            #expect(result.output.contains("refused CredentialError"), "\(result.output) \(result.errors)")
            try await gateway.stop()
        }
    }
}
