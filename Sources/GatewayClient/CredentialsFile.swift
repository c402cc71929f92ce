package import HubProtocol

/// The service policies with their keys, as the first start leaves them in `credentials.json` (mode 0600).
package struct CredentialsFile: Codable, Equatable, Sendable {
    /// The file's name in the data folder.
    package static let fileName = "credentials.json"

    /// One shared access policy.
    package struct Policy: Codable, Equatable, Sendable {
        /// `iothubowner`, `service`, `device`, …
        package var name: String
        /// `RegistryRead`, `RegistryWrite`, `ServiceConnect`, `DeviceConnect`.
        package var permissions: [String]
        /// Base64; either key signs.
        package var primaryKey: String
        /// See ``primaryKey``.
        package var secondaryKey: String
    }

    /// Every policy of the hub.
    package var policies: [Policy]

    /// The file's form of the hub's policies.
    package init(policies: [ServicePolicy]) {
        self.policies = policies.map { policy in
            Policy(
                name: policy.name,
                permissions: ServicePolicy.Permissions.names.filter { policy.permissions.contains($0.permission) }
                    .map(\.name),
                primaryKey: policy.primaryKey,
                secondaryKey: policy.secondaryKey
            )
        }
    }
}
