import AsyncHTTPClient
import FoundationEssentials
import HubProtocol
import NIOHTTP1

extension GatewayClient {
    /// Makes an application; refused with 409 when it, or a device of its name, exists.
    package func createApplication(
        _ application: ApplicationChange
    ) async throws(GatewayClientError) -> ApplicationDescription {
        try await self.put(application, headers: [])
    }

    /// Changes an application that is still the one of `etag`.
    package func updateApplication(
        _ application: ApplicationChange,
        etag: String
    ) async throws(GatewayClientError) -> ApplicationDescription {
        try await self.put(application, headers: [("If-Match", "\"\(etag)\"")])
    }

    /// One application; refused with 404 when unknown.
    package func application(_ name: String) async throws(GatewayClientError) -> ApplicationDescription {
        let response = try await self.send(.GET, GatewayClient.applicationPath(name))
        return try await self.decode(ApplicationDescription.self, from: response)
    }

    /// Applications in order of their names, after the name `after`, as many as the gateway gives at once.
    package func applications(after: String?) async throws(GatewayClientError) -> [ApplicationDescription] {
        let query = after.map { [(name: "after", value: $0)] } ?? []
        return try await self.decode(
            [ApplicationDescription].self,
            from: self.send(.GET, "/applications", query: query)
        )
    }

    /// Deletes an application with its sessions, and closes its connections.
    package func deleteApplication(_ name: String) async throws(GatewayClientError) {
        _ = try await self.send(.DELETE, GatewayClient.applicationPath(name), headers: [("If-Match", "*")])
    }

    private func put(
        _ application: ApplicationChange,
        headers: [(name: String, value: String)]
    ) async throws(GatewayClientError) -> ApplicationDescription {
        let response = try await self.send(
            .PUT,
            GatewayClient.applicationPath(application.name),
            headers: headers,
            body: Data(application.json())
        )
        return try await self.decode(ApplicationDescription.self, from: response)
    }

    private static func applicationPath(_ name: String) -> String {
        "/applications/\(PercentEncoding.encode(name))"
    }
}
