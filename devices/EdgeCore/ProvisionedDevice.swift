/// What a registration gave, as it is kept: two lines, the connection string and what it was registered as.
///
/// ```
/// HostName=hub.example.org;DeviceId=sensor-7;SharedAccessKey=…
/// 0ne00000001/registrations/sensor-7 gw.example.org:8883
/// ```
package struct ProvisionedDevice: Equatable, Sendable {
    package var connection: DeviceConnectionString
    /// Of which registration with whom; another one in the configuration means to register anew.
    package var origin: String

    package init(connection: DeviceConnectionString, origin: String) {
        self.connection = connection
        self.origin = origin
    }

    /// Reads the file; `nil` for anything else.
    package init?(parsing bytes: [UInt8]) {
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        guard lines.count == 2, let connection = try? DeviceConnectionString(parsing: String(lines[0])) else {
            return nil
        }
        self.init(connection: connection, origin: String(lines[1]))
    }

    package var bytes: [UInt8] { Array("\(self.connection.text)\n\(self.origin)\n".utf8) }
}
