import MQTTProtocol
package import NIOCore
import NIOSSL
import NIOWebSocket
import TLSTransport
import WebSocketTransport

extension MQTTServer {
    /// Takes over a channel whose client asked for a WebSocket with the subprotocol `mqtt` and got it. [MQTT-6.0.0-3]
    ///
    /// Call on the channel's event loop, which is one of the server's group, when the HTTP handlers are gone. A server
    /// that does not serve, or has too many sockets, closes the channel.
    /// - Parameters:
    ///   - channel: from now on the server's to close.
    ///   - isTLS: whether the bytes below the WebSocket are TLS.
    ///   - remoteAddress: address and port of the peer.
    ///   - clientCertificates: DER, the client's own first.
    package func adopt(
        _ channel: any Channel,
        isTLS: Bool,
        remoteAddress: String,
        clientCertificates: [[UInt8]] = []
    ) {
        guard let loop = self.ingestLoop(of: channel.eventLoop) else { return channel.close(promise: nil) }
        let connections = self.endpoint.connections
        guard let id = connections.admit(socketsMax: self.endpoint.configuration.socketsMax) else {
            self.endpoint.metrics.closed(.tooManyConnections)
            return channel.close(promise: nil)
        }
        let frameSizeMax = self.endpoint.configuration.webSocketFrameMax
        let build: (ChannelPipeline.SynchronousOperations) throws -> Void = { pipeline in
            let handler = ConnectionHandler(
                id: id,
                transport: .webSocket,
                isTLS: isTLS,
                remoteAddress: remoteAddress,
                loop: loop
            )
            handler.clientCertificates = clientCertificates
            try pipeline.addHandlers(
                WebSocketFrameEncoder(),
                WebSocketGate(
                    connection: handler,
                    connectPacketSizeMax: loop.endpoint.configuration.connectPacketSizeMax
                ),
                ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: frameSizeMax)),
                WebSocketBytes(),
                handler
            )
        }
        do {
            try MQTTServer.setOptions(of: channel, self.endpoint.configuration)
            try MQTTServer.admit(channel, id: id, loop: loop, build)
        } catch {
            connections.leave()
            channel.close(promise: nil)
        }
    }

    /// The options that ``listen(_:loops:tls:)`` gives the sockets it accepts.
    private static func setOptions(of channel: any Channel, _ configuration: Configuration) throws {
        guard let options = channel.syncOptions else { return }
        try options.setOption(.tcpOption(.tcp_nodelay), value: 1)
        try options.setOption(.tcpOption(MQTTServer.unsentLimit), value: .init(configuration.unsentBytesMax))
        try options.setOption(.maxMessagesPerRead, value: MQTTServer.messagesPerRead)
        try options.setOption(.writeBufferWaterMark, value: MQTTServer.waterMark)
    }

    /// A socket came: it is served now, in its turn, or not at all.
    static func accept(_ channel: any Channel, loop: IngestLoop, tls: TLSContextSource?) throws {
        let endpoint = loop.endpoint
        guard let id = endpoint.connections.admit(socketsMax: endpoint.configuration.socketsMax) else {
            endpoint.metrics.closed(.tooManyConnections)
            return channel.close(promise: nil)
        }
        let remoteAddress = MQTTServer.text(channel.remoteAddress)
        do {
            try MQTTServer.admit(channel, id: id, loop: loop) { pipeline in
                try MQTTServer.build(pipeline, id: id, remoteAddress: remoteAddress, loop: loop, tls: tls)
            }
        } catch {
            endpoint.connections.leave()
            throw error
        }
    }

    /// Serves a connection at once, in its turn, or not at all.
    private static func admit(
        _ channel: any Channel,
        id: UInt64,
        loop: IngestLoop,
        _ build: @escaping (ChannelPipeline.SynchronousOperations) throws -> Void
    ) throws {
        let endpoint = loop.endpoint
        let pipeline = channel.pipeline.syncOperations
        switch endpoint.admissions.arrive(id, at: loop) {
        case .admitted: try build(pipeline)
        case .waits(let tickAt):
            let handler = AdmissionHandler(id: id, loop: loop, build: build)
            try pipeline.addHandler(handler)
            endpoint.admissions.wait(handler, tickAt: tickAt)
        case .refused:
            endpoint.connections.leave()
            endpoint.metrics.closed(.tooManyConnections)
            channel.close(promise: nil)
        }
    }

    private static func build(
        _ pipeline: ChannelPipeline.SynchronousOperations,
        id: UInt64,
        remoteAddress: String,
        loop: IngestLoop,
        tls: TLSContextSource?
    ) throws {
        let handler = ConnectionHandler(
            id: id,
            transport: tls == nil ? .tcp : .tls,
            isTLS: tls != nil,
            remoteAddress: remoteAddress,
            loop: loop
        )
        if let tls { try pipeline.addHandler(MQTTServer.tlsHandler(tls.context, for: handler)) }
        try pipeline.addHandler(handler)
    }

    /// TLS that lets every client certificate through: it is judged at CONNECT. Contract iothub-mqtt section 3.
    private static func tlsHandler(_ context: NIOSSLContext, for connection: ConnectionHandler) -> NIOSSLServerHandler {
        var configuration = NIOSSLHandler.Configuration()
        configuration.maximumPreservedOutboundBufferCapacity = MQTTServer.tlsBufferBytesKept
        guard context.configuration.certificateVerification != .none else {
            return NIOSSLServerHandler(context: context, configuration: configuration)
        }
        let bound = NIOLoopBound(connection, eventLoop: connection.loop.eventLoop.nonisolated())
        return NIOSSLServerHandler(
            context: context,
            customVerificationCallback: { certificates, promise in
                // On the channel's event loop, inside the handshake; not in that of a resumed TLS session.
                bound.value.clientCertificates = certificates.compactMap { try? $0.toDERBytes() }
                promise.succeed(.certificateVerified)
            },
            configuration: configuration
        )
    }

    /// Memory that an idle TLS connection keeps of what it wrote: enough for a message, not for the handshake.
    private static let tlsBufferBytesKept = 1 << 10
}
