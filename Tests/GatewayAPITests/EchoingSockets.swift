import GatewayAPI
import NIOCore
import Synchronization

/// Stands in for the servers behind WebSockets: remembers what was adopted, and sends back every byte.
final class EchoingSockets: WebSocketAccepting {
    /// What the API told about one connection.
    struct Adopted: Equatable, Sendable {
        var service: WebSocketService
        var isTLS: Bool
        var remoteAddress: String
        var clientCertificates: [[UInt8]]
    }

    private let state = Mutex<[Adopted]>([])

    /// All of them, in order.
    var adopted: [Adopted] { self.state.withLock { $0 } }

    func adopt(
        _ channel: any Channel,
        for service: WebSocketService,
        isTLS: Bool,
        remoteAddress: String,
        clientCertificates: [[UInt8]]
    ) {
        channel.eventLoop.preconditionInEventLoop()
        self.state.withLock {
            $0.append(
                Adopted(
                    service: service,
                    isTLS: isTLS,
                    remoteAddress: remoteAddress,
                    clientCertificates: clientCertificates
                )
            )
        }
        do {
            try channel.pipeline.syncOperations.addHandler(EchoHandler())
        } catch {
            channel.close(promise: nil)
        }
    }
}

private final class EchoHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        context.writeAndFlush(data, promise: nil)
    }
}
