import Testing

extension GatewayIntegration {
    @Suite(
        "azure-iot-device 2.14 and azure-iot-hub 2.7, unmodified, contracts iothub-mqtt, iothub-rest, twins, provisioning",
        .enabled("SKIPPED: .venv-test has no azure-iot-hub (make .venv-test/ready)") {
            await ExternalProgram.hasAzurePackages()
        }
    )
    struct HubStatementTests {
        @Test(
            "the packages find what the contracts say",
            .timeLimit(.minutes(6)),
            arguments: try HubStatement.groups()
        )
        func statements(of group: HubStatement.Group) async throws {
            let folder = try TemporaryFolder()
            var ports = GatewayPorts()
            ports.amqps = 0
            let gateway = try await GatewayUnderTest(in: folder, ports: ports)
            let server = try await gateway.writeHubFile(in: folder)
            let wanted = group.statements.map(\.statement)
            let result = try await HubStatement.start("hub_clients.py", [server] + wanted).exit(within: .seconds(330))
            try HubStatement.check(result, wanted)
            try await gateway.stop()
        }
    }
}
