import AsyncHTTPClient
import FoundationEssentials
import HubProtocol
import NIOHTTP1
import TelemetryJSON

extension GatewayClient {
    /// Devices in one page, as many as the gateway gives at once.
    package static let devicesPerPage = 1_000

    /// Makes a device; refused with 409 when it exists.
    package func createDevice(_ device: NewDevice) async throws(GatewayClientError) -> DeviceDescription {
        var writer = JSONWriter()
        device.write(to: &writer, idKey: "deviceId")
        let response = try await self.send(.PUT, GatewayClient.path(device.id), body: Data(writer.bytes))
        return try await self.decode(DeviceDescription.self, from: response)
    }

    /// One device; refused with 404 when unknown.
    package func device(_ id: String) async throws(GatewayClientError) -> DeviceDescription {
        try await self.decode(DeviceDescription.self, from: self.send(.GET, GatewayClient.path(id)))
    }

    /// Deletes a device with its modules and sessions, and closes its connections.
    package func deleteDevice(_ id: String) async throws(GatewayClientError) {
        _ = try await self.send(.DELETE, GatewayClient.path(id), headers: [("If-Match", "*")])
    }

    /// At most `limit` devices in order of their ids, after the id `after`.
    package func devices(
        after: String?,
        limit: Int = GatewayClient.devicesPerPage
    ) async throws(GatewayClientError) -> [DeviceDescription] {
        var query = [(name: "top", value: "\(limit)")]
        if let after { query.append(("after", after)) }
        return try await self.decode([DeviceDescription].self, from: self.send(.GET, "/devices", query: query))
    }

    /// All devices, page by page.
    package func listDevices() -> DevicePages {
        DevicePages(client: self)
    }

    private static func path(_ id: String) -> String {
        "/devices/\(PercentEncoding.encode(id))"
    }
}

extension NewDevice {
    /// Writes the device as the registry's calls want it.
    ///
    /// - Parameters:
    ///   - writer: gets one object.
    ///   - idKey: `deviceId`, in bulk entries `id`.
    ///   - importMode: what a bulk entry does.
    func write(to writer: inout JSONWriter, idKey: String, importMode: String? = nil) {
        writer.beginObject()
        writer.key(idKey)
        writer.string(self.id)
        if let importMode {
            writer.key("importMode")
            writer.string(importMode)
        }
        writer.key("status")
        writer.string(self.status)
        if let statusReason = self.statusReason {
            writer.key("statusReason")
            writer.string(statusReason)
        }
        if self.primaryKey != nil || self.secondaryKey != nil {
            writer.key("authentication")
            writer.beginObject()
            writer.key("type")
            writer.string("sas")
            writer.key("symmetricKey")
            writer.beginObject()
            writer.key("primaryKey")
            writer.string(self.primaryKey ?? "")
            writer.key("secondaryKey")
            writer.string(self.secondaryKey ?? "")
            writer.endObject()
            writer.endObject()
        }
        writer.endObject()
    }
}
