import MQTTCodec
import NIOCore

/// One connection of one device: bytes to packets, and nothing else.
final class FleetHandler<Feed: DeviceFeed>: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    /// The gateway sends CONNACK, PUBACK and PINGRESP: a larger packet is none of its.
    private static var packetBytesMax: Int { 4_096 }

    private let driver: FleetDriver<Feed>
    private var decoder: PacketDecoder

    init(driver: FleetDriver<Feed>) {
        self.driver = driver
        self.decoder = PacketDecoder(packetSizeMax: Self.packetBytesMax)
    }

    func channelActive(context: ChannelHandlerContext) {
        self.driver.opened(self, channel: context.channel)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        do {
            self.decoder.append(self.unwrapInboundIn(data))
            while let packet = try self.decoder.next() { self.driver.received(packet, from: self) }
        } catch {
            self.driver.failed(self, .protocolError("\(error.code) at byte \(error.offset) of a packet"))
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        self.driver.readCompleted(self)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        self.driver.readCompleted(self)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.driver.failed(self, ConnectionFault(error))
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.driver.closed(self)
    }
}
