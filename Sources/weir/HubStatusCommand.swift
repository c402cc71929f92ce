import ArgumentParser
import GatewayClient

/// `weir hub status`: whether the gateway is well, and how much it holds.
struct HubStatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show whether the gateway is well and what it holds."
    )

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let client = try self.connection.client()
        let status = try await client.status()
        let console = Console.current
        if self.output.isJSON {
            try console.print(JSONLine.encode(status))
        } else {
            for line in self.lines(status, address: client.connection.address, for: console) { try console.print(line) }
            try TopicText.table(status.topics).print(to: console)
        }
        if status.status != "ok" { throw ExitCode(1) }
    }

    private func lines(_ status: HubStatus, address: String, for console: Console) -> [String] {
        let isWell = status.status == "ok"
        let state = console.colored(status.status, isWell ? .good : .bad)
        let devices =
            "\(ProgressBar.grouped(status.devices.total)) (\(ProgressBar.grouped(status.devices.disabled)) disabled)"
        let connected = ProgressBar.grouped(status.connections)
        return [
            "weir \(status.version) at \(address): \(state), up \(DurationText.short(seconds: status.uptimeSeconds))"
        ] + status.reasons.map { "  \(console.colored($0, .bad))" } + [
            "names    \(status.hubNames.joined(separator: ", "))"
        ] + (status.idScope.map { ["id scope \($0)"] } ?? []) + [
            "devices  \(devices), \(connected) connected",
            "",
        ]
    }
}
