import Testing

extension GatewayIntegration {
    @Suite(
        "a device program over a restart of the hub",
        .enabled("SKIPPED: .venv-test has no azure-iot-hub (make .venv-test/ready)") {
            await ExternalProgram.hasAzurePackages()
        }
    )
    struct HubRestartTests {
        /// How the gateway ends.
        enum End: Sendable, CaseIterable {
            case orderly
            case killed
        }

        @Test(
            "azure-iot-device notices no more than a reconnect: telemetry, twin, methods and messages go on",
            .timeLimit(.minutes(3)),
            arguments: End.allCases
        )
        func restart(end: End) async throws {
            let folder = try TemporaryFolder()
            let gateway = try await GatewayUnderTest(in: folder, ports: try GatewayPorts.lasting())
            let server = try await gateway.writeHubFile(in: folder)
            let program = try HubStatement.start("hub_restart.py", [server, folder.file("go")])
            try await Waiting.until("the program's preparations", within: .seconds(60)) {
                try #require(program.exitStatus == nil, "the program ended: \(program.output) \(program.errors)")
                return program.output.contains("prepared")
            }
            switch end {
            case .orderly: try await gateway.stop()
            case .killed: try await gateway.kill()
            }
            try await gateway.start()
            try folder.write("go", "")
            try HubStatement.check(
                try await program.exit(within: .seconds(90)),
                ["restart-twin-reads", "restart-telemetry", "restart-twins", "restart-methods", "restart-messages"]
            )
            try await gateway.stop()
        }
    }
}
