import AsyncHTTPClient
import FoundationEssentials
import NIOHTTP1
import TelemetryJSON

extension GatewayClient {
    /// Devices in one page, as many as the gateway gives at once.
    package static let devicesPerPage = 1_000

    /// Makes a device, or a module of one; refused with 409 when it exists.
    package func createDevice(_ device: NewDevice) async throws(GatewayClientError) -> DeviceDescription {
        var writer = JSONWriter()
        device.write(to: &writer, idKey: "deviceId")
        let response = try await self.send(.PUT, GatewayClient.path(device.id), body: Data(writer.bytes))
        return try await self.decode(DeviceDescription.self, from: response)
    }

    /// One device, or module by `device/module`; refused with 404 when unknown.
    package func device(_ id: String) async throws(GatewayClientError) -> DeviceDescription {
        try await self.decode(DeviceDescription.self, from: self.send(.GET, GatewayClient.path(id)))
    }

    /// Replaces a device that is still the one of `etag`; keys, password and topics that are not named stay.
    package func updateDevice(_ device: NewDevice, etag: String) async throws(GatewayClientError) -> DeviceDescription {
        var writer = JSONWriter()
        device.write(to: &writer, idKey: "deviceId")
        let response = try await self.send(
            .PUT,
            GatewayClient.path(device.id),
            headers: [("If-Match", "\"\(etag)\"")],
            body: Data(writer.bytes)
        )
        return try await self.decode(DeviceDescription.self, from: response)
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

    /// The modules of a device, in order of their ids.
    package func modules(of device: String) async throws(GatewayClientError) -> [DeviceDescription] {
        let response = try await self.send(.GET, "\(GatewayClient.path(device))/modules")
        return try await self.decode([DeviceDescription].self, from: response)
    }

    /// The whole registry as JSON lines in order of ids: identities with keys, hashes of passwords and twins. Only for
    /// policies that may write it.
    package func registry() async throws(GatewayClientError) -> RecordLines {
        RecordLines(body: try await self.send(.GET, "/registry", isStream: true).body, client: self)
    }

    private static func path(_ id: String) -> String {
        "/devices\(GatewayClient.identityPath(id))"
    }
}
