import Testing

extension GatewayIntegration {
    @Suite(
        "kcat, confluent-kafka, kafka-python and aiokafka, unmodified, contract kafka",
        .enabled("SKIPPED: .venv-kafka or kcat is missing (make .venv-kafka/ready; Debian: kcat)") {
            await ExternalProgram.hasKafkaClients()
        }
    )
    struct KafkaClientTests {
        @Test(
            "every client finds what the contract says",
            .timeLimit(.minutes(4)),
            arguments: try KafkaStatement.all().filter { $0.alone != true }
        )
        func statement(of entry: KafkaStatement) async throws {
            let folder = try TemporaryFolder()
            var ports = GatewayPorts()
            ports.kafkas = 0
            let gateway = try await GatewayUnderTest(in: folder, ports: ports)
            let server = try await gateway.writeKafkaFile(in: folder)
            let wanted = entry.clients.map { (statement: entry.statement, client: $0) }
            try await KafkaStatement.run(wanted, server: server, within: .seconds(220))
            try await gateway.stop()
        }
    }
}
