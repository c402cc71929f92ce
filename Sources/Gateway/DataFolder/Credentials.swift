import FoundationEssentials
import GatewayClient
package import HubProtocol

/// The hub's policies with their keys, kept in `credentials.json`.
package struct Credentials: Sendable {
    /// In the order of the file.
    package let policies: [ServicePolicy]

    /// Reads the credentials of a data folder, making new ones at the first start.
    package init(in folder: DataFolder) throws(StartError) {
        if let bytes = try folder.read(CredentialsFile.fileName) {
            self.policies = try Credentials.decode(bytes, path: folder.file(CredentialsFile.fileName))
        } else {
            self.policies = ServicePolicy.makeDefaults()
            try folder.replace(CredentialsFile.fileName, withJSON: CredentialsFile(policies: self.policies))
        }
    }

    private static func decode(_ bytes: [UInt8], path: String) throws(StartError) -> [ServicePolicy] {
        let file: CredentialsFile
        do {
            file = try JSONDecoder().decode(CredentialsFile.self, from: Data(bytes))
        } catch {
            throw StartError("\(path) cannot be read: \(error); restore it from a backup, or delete it to get new keys")
        }
        var policies = [ServicePolicy]()
        for policy in file.policies {
            for key in [policy.primaryKey, policy.secondaryKey] {
                guard let bytes = SASToken.keyBytes(key), (16...64).contains(bytes.count) else {
                    throw StartError("\(path): a key of policy \(policy.name) is not base64 of 16 to 64 bytes")
                }
            }
            policies.append(
                ServicePolicy(
                    name: policy.name,
                    permissions: try Credentials.permissions(policy, path: path),
                    primaryKey: policy.primaryKey,
                    secondaryKey: policy.secondaryKey
                )
            )
        }
        return policies
    }

    private static func permissions(
        _ policy: CredentialsFile.Policy,
        path: String
    ) throws(StartError) -> ServicePolicy.Permissions {
        let known = ServicePolicy.Permissions.names
        var permissions = ServicePolicy.Permissions()
        for name in policy.permissions {
            guard let match = known.first(where: { $0.name == name }) else {
                let names = known.map(\.name).joined(separator: ", ")
                throw StartError("\(path): policy \(policy.name) has permission “\(name)”; expected one of \(names)")
            }
            permissions.insert(match.permission)
        }
        return permissions
    }
}

extension DataFolder {
    /// Replaces a file by a value's JSON; see ``replace(_:with:mode:)``.
    package func replace(_ name: String, withJSON value: some Encodable, mode: UInt32 = 0o600) throws(StartError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let data: Data
        do {
            data = try encoder.encode(value)
        } catch {
            throw StartError("\(name) cannot be written as JSON: \(error)")
        }
        try self.replace(name, with: data + [0x0A], mode: mode)
    }
}
