import Foundation
import Testing

extension GatewayUnderTest {
    /// The file that the hub's programs read: addresses, the service connection strings of all policies with the port
    /// of HTTPS, the data folder, the command line.
    ///
    /// - Parameter folder: where it is written.
    /// - Returns: its path.
    /// - Throws: when a policy is missing.
    func writeHubFile(in folder: TemporaryFolder) async throws -> String {
        var policies: [String: String] = [:]
        for policy in ["iothubowner", "service", "device", "registryRead", "registryReadWrite"] {
            policies[policy] = try await self.weir(
                "hub",
                "connection-string",
                "--policy",
                policy,
                "--host",
                "localhost:\(self.ports.https)"
            )
        }
        var fields: [String: Any] = [
            "host": "localhost", "mqtt": self.ports.mqtt, "mqtts": self.ports.mqtts, "https": self.ports.https,
            "authority": self.authority, "policies": policies, "data": self.data, "weir": [BuiltProgram.weir],
            "idScope": "weir",
        ]
        fields["amqps"] = self.ports.amqps
        let file = folder.file("hub-server.json")
        try JSONSerialization.data(withJSONObject: fields).write(to: URL(filePath: file))
        return file
    }
}
