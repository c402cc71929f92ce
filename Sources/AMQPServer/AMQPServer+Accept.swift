import NIOCore
import NIOSSL
import NIOWebSocket
import TLSTransport
import WebSocketTransport

extension AMQPServer {
    /// The path on which clients ask for a WebSocket, and the subprotocol they ask for. Contract iothub-rest §6.
    package static let webSocketPath = "/$servicebus/websocket"
    /// See ``webSocketPath``.
    package static let webSocketProtocol = "AMQPWSB10"

    /// A socket came: it is served, or not at all.
    static func accept(_ channel: any Channel, loop: AMQPLoop, tls: TLSContextSource) throws {
        try AMQPServer.admit(channel, remoteHost: channel.remoteAddress?.ipAddress ?? "", loop: loop) { handler in
            [AMQPServer.tlsHandler(tls.context), handler]
        }
    }

    /// A WebSocket came.
    static func adopt(_ channel: any Channel, remoteHost: String, loop: AMQPLoop) {
        let frameBytesMax = loop.endpoint.configuration.webSocketFrameBytesMax
        do {
            try AMQPServer.admit(channel, remoteHost: remoteHost, loop: loop) { handler in
                [
                    WebSocketFrameEncoder(),
                    ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: frameBytesMax)),
                    WebSocketBytes(), handler,
                ]
            }
        } catch {
            channel.close(promise: nil)
        }
    }

    private static func admit(
        _ channel: any Channel,
        remoteHost: String,
        loop: AMQPLoop,
        _ handlers: (AMQPConnectionHandler) -> [any ChannelHandler]
    ) throws {
        guard let id = loop.endpoint.admit() else { return channel.close(promise: nil) }
        do {
            if let options = channel.syncOptions {
                try options.setOption(.tcpOption(.tcp_nodelay), value: 1)
                try options.setOption(.maxMessagesPerRead, value: AMQPServer.messagesPerRead)
                try options.setOption(.writeBufferWaterMark, value: AMQPServer.waterMark)
            }
            let handler = AMQPConnectionHandler(id: id, remoteHost: remoteHost, loop: loop)
            try channel.pipeline.syncOperations.addHandlers(handlers(handler))
        } catch {
            loop.endpoint.leave()
            throw error
        }
    }

    /// TLS that lets every client certificate through: clients are known by their tokens.
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

    /// Reads of a socket before the other sockets have theirs.
    private static let messagesPerRead: UInt = 4
    /// Bytes in the channel at which a client counts as one that does not read.
    private static let waterMark = ChannelOptions.Types.WriteBufferWaterMark(low: 16 << 10, high: 64 << 10)
}
