import Testing

extension GatewayIntegration {
    @Suite("MQTT over WebSocket with foreign clients")
    struct WebSocketTests {
        @Test(
            "aiomqtt publishes and receives over wss at /mqtt, with MQTT 3.1.1 and 5 [MQTT-6.0.0-1] [MQTT-6.0.0-2]",
            .enabled("SKIPPED: .venv-mqtt has no aiomqtt (make .venv-mqtt/ready)") {
                await ExternalProgram.hasMQTTPackages()
            },
            .timeLimit(.minutes(2))
        )
        func secure() async throws {
            let folder = try TemporaryFolder()
            let gateway = try await GatewayUnderTest(in: folder)
            let server = try await gateway.writeServerFile(in: folder)
            try await Self.run([server, "\(gateway.ports.https)", "/mqtt", gateway.authority])
            try await gateway.stop()
        }

        @Test(
            "aiomqtt publishes and receives over ws at /mqtt of the loopback address, with MQTT 3.1.1 and 5",
            .enabled("SKIPPED: .venv-mqtt has no aiomqtt (make .venv-mqtt/ready)") {
                await ExternalProgram.hasMQTTPackages()
            },
            .timeLimit(.minutes(2))
        )
        func plain() async throws {
            let folder = try TemporaryFolder()
            let gateway = try await GatewayUnderTest(in: folder)
            let server = try await gateway.writeServerFile(in: folder)
            try await Self.run([server, "\(gateway.ports.http)", "/mqtt"])
            try await gateway.stop()
        }

        @Test(
            "azure-iot-device with websockets=True sends telemetry over its fixed path /$iothub/websocket",
            .enabled("SKIPPED: .venv-test has no azure-iot-device (make .venv-test/ready)") {
                await ExternalProgram.works(ExternalProgram.testPython, "-c", "import azure.iot.device")
            },
            .timeLimit(.minutes(2))
        )
        func azureDevice() async throws {
            let folder = try TemporaryFolder()
            let gateway = try await GatewayUnderTest(in: folder)
            let device = try await gateway.makeDevice("sdk-web")
            let count = 40
            let result = try await RunningProcess.run(
                ExternalProgram.testPython,
                [
                    try ClientProgram.path("azure_websocket.py"), device.connectionString, gateway.authority,
                    "\(gateway.ports.https)", "\(count)",
                ],
                within: .seconds(60)
            )
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.output.contains("proxy CONNECT localhost:443"), "\(result.output)")
            let records = try await gateway.records(device: "sdk-web")
            #expect(records.map { $0.systemProperties["message-id"] } == (1...count).map { "ws-\($0)" })
            #expect(records.allSatisfy { $0.systemProperties["content-type"] == "application/json" })
            try await gateway.stop()
        }

        private static func run(_ arguments: [String]) async throws {
            let result = try await RunningProcess.run(
                ExternalProgram.mqttPython,
                [try ClientProgram.path("websocket_client.py")] + arguments,
                environment: ["PYTHONDONTWRITEBYTECODE": "1"],
                within: .seconds(80)
            )
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.output.split(separator: "\n").count == 2, "\(result.output)")
        }
    }
}
