import ArgumentParser
import GatewayClient

/// `--auth`: how a device proves itself.
enum AuthenticationOption: String, ExpressibleByArgument, CaseIterable {
    case sas
    case x509Thumbprint = "x509-thumbprint"
    case x509CA = "x509-ca"
    case password

    /// What the API calls it.
    ///
    /// - Parameters:
    ///   - keys: for `sas`; the gateway makes those that are `nil`.
    ///   - thumbprints: for `x509-thumbprint`.
    /// - Returns: the authentication to register.
    func authentication(
        keys: (primary: String?, secondary: String?),
        thumbprints: (primary: String?, secondary: String?)
    ) -> DeviceAuthentication {
        switch self {
        case .sas: .sas(primaryKey: keys.primary, secondaryKey: keys.secondary)
        case .x509Thumbprint: .selfSigned(primary: thumbprints.primary, secondary: thumbprints.secondary)
        case .x509CA: .certificateAuthority
        case .password: .none
        }
    }
}
