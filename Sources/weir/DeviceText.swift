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
                (device.id, .name),
                (device.status ?? "", device.status == "disabled" ? .warning : nil),
                self.connection(device),
                (device.statusReason ?? "", nil),
            ])
        }
        return table
    }

    /// One device in full.
    static func details(_ device: DeviceDescription, for console: Console) -> [String] {
        let connection = self.connection(device)
        var lines = [(device.moduleId == nil ? "device" : "module", console.colored(device.id, .name))]
        if let status = device.status {
            let changed = device.statusUpdatedTime.flatMap { $0 == self.never ? nil : " since \($0)" } ?? ""
            lines.append(("status", status + changed + (device.statusReason.map { " (\($0))" } ?? "")))
        }
        lines.append(("connection", connection.color.map { console.colored(connection.text, $0) } ?? connection.text))
        if let time = device.lastActivityTime, !time.hasPrefix(self.never) { lines.append(("last activity", time)) }
        if let managedBy = device.managedBy { lines.append(("managed by", managedBy)) }
        lines += self.credentials(device)
        if let access = device.weir { lines += AccessText.lines(access.permissions, access.limits) }
        lines += [("generation", device.generationId), ("etag", device.etag)]
        return AccessText.aligned(lines, for: console)
    }

    private static func credentials(_ device: DeviceDescription) -> [(String, String)] {
        let authentication = device.authentication
        var lines = [(String, String)]()
        switch authentication.type {
        case "sas":
            lines = [
                ("primary key", authentication.symmetricKey.primaryKey),
                ("secondary key", authentication.symmetricKey.secondaryKey),
            ]
        case "selfSigned":
            lines = [
                ("thumbprint", authentication.x509Thumbprint?.primaryThumbprint ?? "none"),
                ("second", authentication.x509Thumbprint?.secondaryThumbprint ?? "none"),
            ]
        case "certificateAuthority":
            lines = [("certificate", "of a CA, common name \(device.deviceId)")]
        default: break
        }
        if device.weir?.hasPassword == true { lines.append(("password", "set")) }
        return lines
    }

    private static func connection(_ device: DeviceDescription) -> (text: String, color: Console.Color?) {
        device.connectionState == "Connected" ? ("connected", .good) : ("disconnected", .faint)
    }
}
