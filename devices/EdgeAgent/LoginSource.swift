import EdgeCore

/// Where the connection gets its login from, each time anew.
enum LoginSource: Sendable {
    /// From the connection string.
    case fixed(Login)

    /// Where to connect to, before anything is known but that.
    var address: GatewayAddress {
        switch self {
        case .fixed(let login): login.address
        }
    }
}
