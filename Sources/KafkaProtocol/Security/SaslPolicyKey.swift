/// A connection string that names a policy: the password of the user `$ConnectionString`.
///
/// `Endpoint=sb://host/;SharedAccessKeyName=name;SharedAccessKey=base64[;EntityPath=hub]`, or `HostName=host;…`.
/// Names are compared without case, unknown ones are passed over, values may hold `=`. Printed without the key.
/// Source: contracts/kafka.md §9; Event Hubs "Get connection string".
package struct SaslPolicyKey: Equatable, Sendable {
    /// The host, without scheme, port and path.
    package var hostName: String
    /// The policy's name.
    package var policyName: String
    /// The key, base64, as it was written.
    package var key: String
    /// The only topic the connection may use; `nil` for all.
    package var entityPath: String?

    /// Reads a connection string.
    ///
    /// - Parameter text: `name=value` pairs separated by `;`.
    /// - Throws: ``SaslError/malformed(_:)``.
    package init(parsing text: String) throws(SaslError) {
        var fields: [String: String] = [:]
        for pair in text.split(whereSeparator: { $0 == ";" || $0.isNewline }) {
            guard let equals = pair.firstIndex(of: "=") else { throw .malformed("not name=value pairs") }
            let name = pair[..<equals].filter { !$0.isWhitespace }.lowercased()
            let value = String(pair[pair.index(after: equals)...])
            guard fields.updateValue(value, forKey: name) == nil else { throw .malformed("\(name) stands twice") }
        }
        guard let host = fields["endpoint"] ?? fields["hostname"] else { throw .malformed("no Endpoint or HostName") }
        self.hostName = SaslPolicyKey.host(of: host)
        guard !self.hostName.isEmpty else { throw .malformed("the host is empty") }
        guard let policy = fields["sharedaccesskeyname"], !policy.isEmpty else {
            throw .malformed("no SharedAccessKeyName")
        }
        guard let key = fields["sharedaccesskey"], !key.isEmpty else { throw .malformed("no SharedAccessKey") }
        self.policyName = policy
        self.key = key
        self.entityPath = fields["entitypath"].flatMap { $0.isEmpty ? nil : $0 }
    }

    private static func host(of endpoint: String) -> String {
        var host = endpoint.filter { !$0.isWhitespace }[...]
        if let scheme = host.firstRange(of: "://") { host = host[scheme.upperBound...] }
        host = host.prefix { $0 != "/" }
        if let colon = host.lastIndex(of: ":"), host[host.index(after: colon)...].allSatisfy(\.isNumber),
            !host[..<colon].contains(":") || host[..<colon].hasSuffix("]")
        {
            host = host[..<colon]
        }
        return String(host)
    }
}

extension SaslPolicyKey: CustomStringConvertible, CustomDebugStringConvertible {
    package var description: String {
        "policy \(self.policyName) of \(self.hostName)" + (self.entityPath.map { ", topic \($0)" } ?? "")
    }

    package var debugDescription: String { self.description }
}
