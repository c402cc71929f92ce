import ArgumentParser
import GatewayClient

/// `weir doctor`: all checks.
struct DoctorAllCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "all",
        abstract: "Look at the gateway's health, its certificates and every checksum of its log (default)."
    )

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        var isWell = true
        let client = try? self.connection.client()  // without one the log's own check says what is missing
        do {
            guard let client else { throw GatewayClientError.notRunning(address: "") }
            isWell = try await self.checkGateway(client)
        } catch GatewayClientError.notRunning {
            Console.current.note("the gateway does not run: its health and certificates are not looked at")
        }
        let log = LogCheck(connection: self.connection, topic: nil, isJSON: self.output.isJSON)
        let isLogWell = try await log.run()
        if !isWell || !isLogWell { throw ExitCode(1) }
    }

    private func checkGateway(_ client: GatewayClient) async throws -> Bool {
        let status = try await client.status()
        let isHealthy = status.status == "ok"
        if self.output.isJSON {
            try Console.current.print(JSONLine.encode(["check": "health", "status": status.status]))
        } else {
            try Console.current.print(DoctorText.mark(isHealthy, "gateway", status.status))
            for reason in status.reasons { try Console.current.print("    \(reason)") }
        }
        let areGood = try DoctorText.print(try await client.authority(), isJSON: self.output.isJSON)
        return isHealthy && areGood
    }
}
