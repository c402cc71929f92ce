import NIOCore
import NIOSSL
import TLSTransport

extension KafkaServer {
    /// A socket came: it is served, or not at all.
    static func accept(
        _ channel: any Channel,
        listener: Listener,
        requiresSASL: Bool,
        loop: KafkaLoop,
        tls: TLSContextSource?
    ) throws {
        let endpoint = loop.endpoint
        guard let id = endpoint.admit() else {
            endpoint.metrics.closed(.tooManyConnections)
            return channel.close(promise: nil)
        }
        let host = AdvertisedHost.name(
            listener: listener,
            local: channel.localAddress,
            hostNames: endpoint.configuration.hostNames
        )
        let port = listener.advertisedPort ?? channel.localAddress?.port ?? listener.port
        let connection = KafkaConnection(
            id: id,
            listener: KafkaListenerInfo(
                isTLS: tls != nil,
                requiresSASL: requiresSASL,
                advertisedHost: host,
                advertisedPort: Int32(clamping: port)
            ),
            remoteHost: channel.remoteAddress?.ipAddress ?? "",
            loop: loop
        )
        let pipeline = channel.pipeline.syncOperations
        do {
            if let tls { try pipeline.addHandler(KafkaServer.tlsHandler(tls.context)) }
            try pipeline.addHandler(connection)
        } catch {
            endpoint.leave()
            throw error
        }
    }

    /// TLS that lets every client certificate through: clients are known by SASL.
    private static func tlsHandler(_ context: NIOSSLContext) -> NIOSSLServerHandler {
        guard context.configuration.certificateVerification != .none else {
            return NIOSSLServerHandler(context: context)
        }
        return NIOSSLServerHandler(
            context: context,
            customVerificationCallback: { _, promise in promise.succeed(.certificateVerified) },
            configuration: NIOSSLHandler.Configuration()
        )
    }
}
