import MQTTProtocol
import NIOCore

/// Bounds what a WebSocket's client may send before its CONNECT is there: a frame is held until it is whole, and nobody
/// knows yet who it is.
///
/// Stands before the frame decoder. When CONNECT has come nothing more is read until it is decided.
final class WebSocketGate: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let connection: ConnectionHandler
    private let bytesMax: Int
    private var bytes = 0
    private var isPassed = false

    /// For headers of frames that CONNECT may come in.
    private static let framing = 4 << 10

    init(connection: ConnectionHandler, connectPacketSizeMax: Int) {
        self.connection = connection
        self.bytesMax = connectPacketSizeMax + WebSocketGate.framing
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !self.isPassed else { return context.fireChannelRead(data) }
        self.bytes += self.unwrapInboundIn(data).readableBytes
        context.fireChannelRead(data)
        self.isPassed = !self.connection.lifecycle.awaitsConnect
        if !self.isPassed, self.bytes > self.bytesMax { self.connection.close(.inputOverflow) }
    }
}
