import FoundationEssentials
import GatewayClient

/// How devices are shown.
enum DeviceText {
    /// What the contract writes for an instant that never was.
    private static let never = "0001-01-01T00:00:00"

    /// One line of JSON.
    static func json(_ device: DeviceDescription, connectionString: String? = nil) throws -> String {
        struct Created: Encodable {
            var connectionString: String?
            var device: DeviceDescription

            func encode(to encoder: any Encoder) throws {
                try self.device.encode(to: encoder)
                var container = encoder.container(keyedBy: CodingKeys.self)
                try container.encodeIfPresent(self.connectionString, forKey: .connectionString)
            }

            enum CodingKeys: String, CodingKey {
                case connectionString
            }
        }
        return try JSONLine.encode(Created(connectionString: connectionString, device: device))
    }

    /// A table of devices.
    static func table(_ devices: [DeviceDescription]) -> TextTable {
        var table = TextTable([
            .init(title: "DEVICE"), .init(title: "STATUS"), .init(title: "CONNECTION"), .init(title: "REASON"),
        ])
        for device in devices {
            table.add([
                (device.deviceId, .name),
                (device.status, device.status == "enabled" ? nil : .warning),
                self.connection(device),
                (device.statusReason ?? "", nil),
            ])
        }
        return table
    }

    /// One device in full.
    static func details(_ device: DeviceDescription, for console: Console) -> [String] {
        let changed = device.statusUpdatedTime == self.never ? "" : " since \(device.statusUpdatedTime)"
        let reason = device.statusReason.map { " (\($0))" } ?? ""
        let connection = self.connection(device)
        let keys = device.authentication.symmetricKey
        return [
            ("device", console.colored(device.deviceId, .name)),
            ("status", device.status + changed + reason),
            ("connection", connection.color.map { console.colored(connection.text, $0) } ?? connection.text),
            ("primary key", keys.primaryKey),
            ("secondary key", keys.secondaryKey),
            ("generation", device.generationId),
            ("etag", device.etag),
        ].map { name, value in
            console.colored(name, .faint) + String(repeating: " ", count: 15 - name.count) + value
        }
    }

    private static func connection(_ device: DeviceDescription) -> (text: String, color: Console.Color?) {
        device.connectionState == "Connected" ? ("connected", .good) : ("disconnected", .faint)
    }
}
