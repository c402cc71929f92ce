import NIOCore
import NIOPosix
import NIOSSL

/// Opens the fleet's sockets: TCP, or TLS with the host name checked.
struct FleetTransport: Sendable {
    /// TLS, when the fleet uses it.
    struct Security: Sendable {
        let context: NIOSSLContext
        /// The name that the certificate must have.
        let serverName: String
    }

    /// A TCP connection attempt that takes longer has failed.
    private static let connectTimeout = TimeAmount.seconds(10)

    let address: SocketAddress
    let security: Security?

    /// Opens a socket on a loop; the handler sees `channelActive`, then reads.
    ///
    /// - Parameters:
    ///   - loop: the device's.
    ///   - handler: made for this one connection.
    /// - Returns: succeeds when the socket is open, TLS still to come.
    func connect(
        on loop: any EventLoop,
        handler: NIOLoopBound<some ChannelInboundHandler>
    ) -> EventLoopFuture<any Channel> {
        let security = self.security
        return ClientBootstrap(group: loop)
            .connectTimeout(FleetTransport.connectTimeout)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let security {
                        let tls = try NIOSSLClientHandler(
                            context: security.context,
                            serverHostname: security.serverName
                        )
                        try pipeline.addHandler(tls)
                    }
                    try pipeline.addHandler(handler.value)
                }
            }
            .connect(to: self.address)
    }
}
