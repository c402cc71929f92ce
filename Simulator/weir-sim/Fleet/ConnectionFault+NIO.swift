import Glibc
import NIOCore
import NIOPosix
import NIOSSL

extension ConnectionFault {
    /// The words for an error of the transport.
    init(_ error: any Error) {
        self = .transport(ConnectionFault.reason(error))
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case let error as IOError:
            return String(cString: strerror(error.errnoCode))
        case let error as NIOConnectionError:
            return error.connectionErrors.first.map { ConnectionFault.reason($0.error) } ?? "the host is not known"
        case ChannelError.connectTimeout:
            return "the connection attempt was not answered"
        case let error as NIOSSLError:
            return ConnectionFault.reason(error)
        case is NIOSSLExtraError:
            return "the gateway's certificate is not for this host (\(error)): check the address and hub.names"
        default:
            return "\(error)"
        }
    }

    private static func reason(_ error: NIOSSLError) -> String {
        switch error {
        case .handshakeFailed(let detail):
            "\(detail)".contains("CERTIFICATE_VERIFY_FAILED")
                ? "the gateway's certificate is not trusted: name its CA with --ca" : "TLS handshake failed: \(detail)"
        case .unableToValidateCertificate:
            "the gateway's certificate is not for this host: check the address and hub.names"
        case .uncleanShutdown:
            "the gateway closed the connection"
        default:
            "TLS: \(error)"
        }
    }
}
