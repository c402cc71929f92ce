/// A registered device with what it needs to connect.
struct TestDevice: Sendable {
    var id: String
    /// As `weir device create` printed it.
    var connectionString: String
    /// The MQTT password.
    var token: String

    /// The MQTT user name.
    var userName: String { "localhost/\(self.id)/?api-version=2021-04-12" }

    /// The topic of telemetry without properties.
    var eventsTopic: String { "devices/\(self.id)/messages/events/" }

    /// The base64 key of the connection string.
    var key: String {
        self.connectionString.split(separator: ";").first { $0.hasPrefix("SharedAccessKey=") }
            .map { String($0.dropFirst("SharedAccessKey=".count)) } ?? ""
    }
}
