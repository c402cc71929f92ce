/// A connection string that names a policy: the password of the user `$ConnectionString`.
///
/// `Endpoint=sb://host/;SharedAccessKeyName=name;SharedAccessKey=base64[;EntityPath=hub]`, or `HostName=host;…`.
package struct SaslPolicyKey: Equatable, Sendable {
    /// The host, without scheme, port and slash.
    package var hostName: String
    /// The policy's name.
    package var policyName: String
    /// The key, base64, as it was written.
    package var key: String
    /// The only topic the connection may use; `nil` for all.
    package var entityPath: String?
}
