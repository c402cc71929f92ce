import Foundation
import Testing

extension GatewayUnderTest {
    /// The file that the Kafka programs read: addresses, logins, a device that publishes over MQTT, the log's folder.
    ///
    /// - Parameter folder: where it is written.
    /// - Returns: its path.
    /// - Throws: when the device cannot be registered.
    func writeKafkaFile(in folder: TemporaryFolder) async throws -> String {
        let owner = try await self.weir("hub", "connection-string")
        let reader = try await self.weir("hub", "connection-string", "--policy", "service")
        let device = try await self.makeDevice("kafka-device")
        var fields: [String: Any] = [
            "bootstrap": "127.0.0.1:\(self.ports.kafka)",
            "user": GatewayUnderTest.part("SharedAccessKeyName", of: owner),
            "password": GatewayUnderTest.part("SharedAccessKey", of: owner),
            "connectionString": owner,
            "reader": [
                "user": GatewayUnderTest.part("SharedAccessKeyName", of: reader),
                "password": GatewayUnderTest.part("SharedAccessKey", of: reader),
            ],
            "topics": ["telemetry", "lifecycle", "alerts", "dead-letter"],
            "log": "\(self.data)/log",
            "events": [BuiltProgram.weir, "events", "read", "{topic}", "--json", "--data", self.data],
            "mqtt": [
                "port": self.ports.mqtt, "device": device.id, "user": device.userName, "token": device.token,
            ],
        ]
        if let kafkas = self.ports.kafkas {
            fields["tls"] = ["bootstrap": "127.0.0.1:\(kafkas)", "authority": self.authority]
        }
        let file = folder.file("kafka-server.json")
        try JSONSerialization.data(withJSONObject: fields).write(to: URL(filePath: file))
        return file
    }

    /// A value of a connection string.
    private static func part(_ name: String, of connectionString: String) -> String {
        connectionString.split(separator: ";").first { $0.hasPrefix("\(name)=") }
            .map { String($0.dropFirst(name.count + 1)) } ?? ""
    }
}
