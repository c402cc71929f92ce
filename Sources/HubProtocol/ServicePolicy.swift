/// A shared access policy: a name, what it permits, and two keys.
///
/// Source: contract iothub-mqtt section 3; IoT Hub "Control access with shared access signatures".
package struct ServicePolicy: Equatable, Sendable {
    /// What a policy permits.
    package struct Permissions: OptionSet, Hashable, Sendable {
        package let rawValue: UInt8

        package init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        /// Read identities.
        package static let registryRead = Permissions(rawValue: 1)
        /// Create, change and delete identities.
        package static let registryWrite = Permissions(rawValue: 2)
        /// Read the log, operate devices.
        package static let serviceConnect = Permissions(rawValue: 4)
        /// Connect as any device.
        package static let deviceConnect = Permissions(rawValue: 8)

        /// The permissions by the names they have in files and answers.
        package static let names: [(name: String, permission: Permissions)] = [
            ("RegistryRead", .registryRead), ("RegistryWrite", .registryWrite),
            ("ServiceConnect", .serviceConnect), ("DeviceConnect", .deviceConnect),
        ]
    }

    /// `iothubowner`, `service`, `device`, `registryRead`, `registryReadWrite`.
    package let name: String
    /// What it permits.
    package let permissions: Permissions
    /// Base64 keys; either signs.
    package let primaryKey: String
    /// See ``primaryKey``.
    package let secondaryKey: String

    /// A policy from its parts.
    package init(name: String, permissions: Permissions, primaryKey: String, secondaryKey: String) {
        self.name = name
        self.permissions = permissions
        self.primaryKey = primaryKey
        self.secondaryKey = secondaryKey
    }

    /// The five policies of a new hub, with new keys.
    package static func makeDefaults() -> [ServicePolicy] {
        let all: Permissions = [.registryRead, .registryWrite, .serviceConnect, .deviceConnect]
        let permissions: [(String, Permissions)] = [
            ("iothubowner", all), ("service", .serviceConnect), ("device", .deviceConnect),
            ("registryRead", .registryRead), ("registryReadWrite", [.registryRead, .registryWrite]),
        ]
        return permissions.map { name, permissions in
            ServicePolicy(
                name: name,
                permissions: permissions,
                primaryKey: SASToken.makeKey(),
                secondaryKey: SASToken.makeKey()
            )
        }
    }
}
