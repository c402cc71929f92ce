import Foundation
import Testing

extension GatewayUnderTest {
    /// Runs the operator's command line against this gateway.
    func run(
        _ arguments: String...,
        within limit: Duration = .seconds(30)
    ) async throws -> RunningProcess.Result {
        try await RunningProcess.run(BuiltProgram.weir, arguments + ["--data", self.data], within: limit)
    }

    /// The same where it must succeed; gives what it printed, without the last line feed.
    func weir(_ arguments: String..., within limit: Duration = .seconds(30)) async throws -> String {
        let result = try await RunningProcess.run(BuiltProgram.weir, arguments + ["--data", self.data], within: limit)
        try #require(result.status == 0, "weir \(arguments.joined(separator: " ")): \(result.errors)")
        return String(result.output.dropLast(result.output.hasSuffix("\n") ? 1 : 0))
    }

    /// Registers a device and makes a token for it.
    func makeDevice(_ id: String) async throws -> TestDevice {
        let connection = try await self.weir("device", "create", id)
        let token = try await self.weir("device", "token", id)
        return TestDevice(id: id, connectionString: connection, token: token)
    }

    /// Reads a topic through the API.
    func records(
        of topic: String = "telemetry",
        device: String? = nil,
        within limit: Duration = .seconds(60)
    ) async throws -> [StoredRecord] {
        let filter = device.map { ["--device", $0] } ?? []
        let result = try await RunningProcess.run(
            BuiltProgram.weir,
            ["events", "read", topic, "--json", "--data", self.data] + filter,
            within: limit
        )
        try #require(result.status == 0, "weir events read: \(result.errors)")
        return try result.output.split(separator: "\n").map { try StoredRecord(line: $0) }
    }

    /// Waits until a topic holds a record that fits: for QoS 0 and for streams, which nobody acknowledges.
    func record(
        of topic: String,
        within limit: Duration = .seconds(20),
        _ fits: (StoredRecord) -> Bool
    ) async throws -> StoredRecord {
        try await Waiting.until("a record of topic \(topic)", within: limit) {
            try await self.records(of: topic).first(where: fits)
        }
    }
}
