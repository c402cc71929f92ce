import Glibc
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle
import TLSTransport

/// One listener of the API, with its own HTTP server.
struct APIListener: Service {
    /// The configuration's section: `http` or `https`.
    let section: String
    let address: APIConfiguration.Listener
    let limits: APIConfiguration
    let tls: TLSContextSource?
    let webSockets: (any WebSocketAccepting)?
    let responder: RouterResponder<APIContext>
    let group: any EventLoopGroup
    let logger: Logger
    /// Called once, with the address bound.
    let onRunning: @Sendable (SocketAddress) -> Void

    /// Serves until graceful shutdown.
    ///
    /// - Throws: `APIStartError` when the address cannot be bound.
    func run() async throws {
        do {
            try await self.application().run()
        } catch let error as IOError {
            throw self.sentence(for: error, errno: error.errnoCode)
        } catch let error as SocketAddressError {
            throw self.sentence(for: error, errno: 0)
        }
    }

    private func application() -> some ApplicationProtocol {
        var decoder = HTTP1Channel.Configuration.DecoderConfiguration()
        decoder.maxHeaderFieldSize = 16 << 10
        decoder.maxHeaderListSize = 32 << 10
        decoder.maxHeaderFieldCount = 100
        let limits = self.limits
        let http = HTTP1Channel.Configuration(
            additionalChannelHandlers: [
                ConnectionDeadlinesHandler(
                    ConnectionDeadlines(requestTimeout: limits.requestTimeout, stallTimeout: limits.stallTimeout)
                ),
                LastAnswerHandler(), DepartureHandler(),
            ],
            idleTimeout: TimeAmount(limits.idleTimeout),
            httpDecoderConfiguration: decoder
        )
        let places = ConnectionPlaces(limit: limits.connectionsMax)
        let server = HTTPServerBuilder { [tls, webSockets] responder in
            APIChannel(
                http: HTTP1Channel(responder: responder, configuration: http),
                tls: tls,
                webSockets: webSockets,
                places: places,
                firstRequestTimeout: min(limits.requestTimeout, limits.idleTimeout)
            )
        }
        return Application(
            responder: self.responder,
            server: server,
            configuration: ApplicationConfiguration(
                address: .hostname(self.address.host, port: self.address.port),
                serverName: "weir",
                backlog: 1_024,
                availableConnectionsDelegate: places
            ),
            onServerRunning: { [onRunning] channel in
                places.serve(channel)
                if let address = channel.localAddress { onRunning(address) }
            },
            eventLoopGroupProvider: .shared(self.group),
            logger: self.logger
        )
    }

    private func sentence(for error: any Error, errno: CInt) -> APIStartError {
        let port = "\(self.section).port \(self.address.port)"
        let host = "\(self.section).host \(self.address.host)"
        let address = "\(self.address.host):\(self.address.port)"
        switch errno {
        case EADDRINUSE: return APIStartError("\(port): another program listens at \(address) already")
        case EACCES: return APIStartError("\(port): only root may listen at \(address)")
        case EADDRNOTAVAIL: return APIStartError("\(host): this machine has no such address")
        default: return APIStartError("the API cannot listen at \(address) (\(self.section)): \(error)")
        }
    }
}
