import GatewayClient

/// What to do next when the gateway refused a request.
enum ErrorAdvice {
    /// The words behind the gateway's own; `nil` where those say all.
    ///
    /// - Parameters:
    ///   - error: what the gateway said.
    ///   - id: the device or module that the command was about; `nil` for none, or several.
    /// - Returns: What to do.
    static func sentence(for error: GatewayClientError, about id: String? = nil) -> String? {
        let device = id.map { String($0.prefix { $0 != "/" }) }
        guard case .refused(_, let code, _) = error else { return nil }
        return switch code {
        case "DeviceNotOnline":
            "`weir device show \(id ?? "ID")` tells when it was last seen, --connect-timeout 60 waits for it"
        case "GatewayTimeout":
            "it is connected but did not answer: try a longer --timeout, and look at it with `weir events tail lifecycle`"
        case "DeviceNotFound":
            "`weir device list` shows those there are"
        case "ModuleNotFound":
            "`weir device list --modules \(device ?? "ID")` shows those there are"
        case "JobNotFound":
            "`weir job list` shows those there are"
        case "ConfigurationNotFound":
            "`weir configuration list` shows those there are"
        case "JobAlreadyExists":
            "name another with --id"
        case "ConfigurationAlreadyExists":
            "`weir configuration update` changes it"
        case "CertificateNotFound":
            "`weir ca list` shows those there are"
        case "AuthorityNotFound":
            "`weir ca init` makes one"
        case "AuthorityAlreadyExists":
            "`weir ca init --replace` puts another in its place"
        case "PreconditionFailed":
            "somebody changed it meanwhile: read it again, and repeat the change where it is still right"
        case "DeviceMaximumQueueDepthExceeded":
            "`weir message purge \(id ?? "ID")` empties its queue"
        case "ThrottlingException":
            "wait a moment and try again"
        default:
            nil
        }
    }
}
