package import NIOCore
package import NIOWebSocket

/// Binary WebSocket frames in, bytes out, and the other way round; what the bytes hold may span frames or share one.
///
/// Stands between the frame decoder and the protocol's handler. Spec: RFC 6455; MQTT 5.0 §6 and the AMQP WebSocket
/// binding ask for the same.
package final class WebSocketBytes: ChannelDuplexHandler {
    package typealias InboundIn = WebSocketFrame
    package typealias InboundOut = ByteBuffer
    package typealias OutboundIn = ByteBuffer
    package typealias OutboundOut = WebSocketFrame

    /// A message was begun and its last frame has not come.
    private var isFragmented = false
    private var isClosing = false

    /// A handler for one WebSocket that has just begun.
    package init() {}

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !self.isClosing else { return }
        let frame = self.unwrapInboundIn(data)
        guard frame.maskKey != nil, frame.reservedBits.isEmpty else {
            return self.close(context, code: .protocolError)  // RFC 6455 §5.1
        }
        switch frame.opcode {
        case .binary:
            guard !self.isFragmented else { return self.close(context, code: .protocolError) }
            self.isFragmented = !frame.fin
            context.fireChannelRead(self.wrapInboundOut(frame.unmaskedData))  // [MQTT-6.0.0-2]
        case .continuation:
            guard self.isFragmented else { return self.close(context, code: .protocolError) }
            self.isFragmented = !frame.fin
            context.fireChannelRead(self.wrapInboundOut(frame.unmaskedData))
        case .text:
            self.close(context, code: .unacceptableData)  // [MQTT-6.0.0-1]
        case .ping:
            let pong = WebSocketFrame(fin: true, opcode: .pong, data: frame.unmaskedData)
            context.writeAndFlush(self.wrapOutboundOut(pong), promise: nil)
        case .pong:
            break
        case .connectionClose:
            var data = frame.unmaskedData
            self.close(context, code: data.readWebSocketErrorCode() ?? .normalClosure)
        default:
            self.close(context, code: .protocolError)
        }
    }

    package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let bytes = self.unwrapOutboundIn(data)
        let frame = WebSocketFrame(fin: true, opcode: .binary, data: bytes)  // [MQTT-6.0.0-3]
        context.write(self.wrapOutboundOut(frame), promise: promise)
    }

    package func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        self.sayClose(context, code: .normalClosure)
        context.close(mode: mode, promise: promise)
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? NIOWebSocketError {
            let isTooLarge = if case .invalidFrameLength = error { true } else { false }
            self.sayClose(context, code: isTooLarge ? .messageTooLarge : .protocolError)
        }
        context.fireErrorCaught(error)
    }

    private func close(_ context: ChannelHandlerContext, code: WebSocketErrorCode) {
        self.sayClose(context, code: code)
        context.close(promise: nil)
    }

    private func sayClose(_ context: ChannelHandlerContext, code: WebSocketErrorCode) {
        guard !self.isClosing else { return }
        self.isClosing = true
        var data = context.channel.allocator.buffer(capacity: 2)
        data.write(webSocketErrorCode: code)
        let frame = WebSocketFrame(fin: true, opcode: .connectionClose, data: data)
        context.writeAndFlush(self.wrapOutboundOut(frame), promise: nil)
    }
}
