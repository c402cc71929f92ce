import MQTTCodec
import NIOCore
import NIOPosix
import Synchronization

/// A gateway of a few lines on a loopback port: takes CONNECT and PUBLISH, acknowledges, and misbehaves on request.
final class TestGateway: Sendable {
    /// What one connection does.
    struct Behaviour: Sendable {
        var answer = ConnectReturnCode.accepted
        /// Closes without acknowledging after this many PUBLISH.
        var closesAfter: Int?
        /// Sends a PUBACK nobody waits for before each real one.
        var sendsUnknownPubacks = false
        /// Sends these bytes in place of CONNACK.
        var garbage: [UInt8]?
    }

    /// A PUBLISH as it arrived.
    struct Publish: Equatable, Sendable {
        var connection: Int
        var id: UInt16
        var topic: String
        var payload: String
        var isDuplicate: Bool
    }

    struct Seen: Sendable {
        var connects: [ConnectPacket] = []
        var publishes: [Publish] = []
        var disconnects = 0
    }

    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let channel: any Channel
    private let seen = Mutex(Seen())
    let address: SocketAddress

    /// - Parameter behaviour: of the connection with this number, from 0.
    /// - Throws: when no port can be bound.
    init(behaviour: @escaping @Sendable (Int) -> Behaviour) async throws {
        let relay = Relay()
        self.channel = try await ServerBootstrap(group: self.group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        TestGatewayHandler(relay: relay, behaviour: behaviour)
                    )
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        guard let address = self.channel.localAddress else { throw ChannelError.unknownLocalAddress }
        self.address = address
        relay.gateway.withLock { $0 = self }
    }

    var snapshot: Seen { self.seen.withLock { $0 } }

    func stop() async throws {
        try await self.channel.close()
        try await self.group.shutdownGracefully()
    }

    /// The handlers' way to the gateway that was not there when they were described.
    final class Relay: Sendable {
        let gateway = Mutex<TestGateway?>(nil)

        func record(_ change: (inout Seen) -> Void) -> Seen? {
            self.gateway.withLock { $0 }?.seen.withLock { seen in
                change(&seen)
                return seen
            }
        }
    }
}

/// One connection of the test gateway.
private final class TestGatewayHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let relay: TestGateway.Relay
    private let makeBehaviour: @Sendable (Int) -> TestGateway.Behaviour
    private var behaviour = TestGateway.Behaviour()
    private var number = 0
    private var publishCount = 0
    private var decoder = PacketDecoder(packetSizeMax: 1 << 20)

    init(relay: TestGateway.Relay, behaviour: @escaping @Sendable (Int) -> TestGateway.Behaviour) {
        self.relay = relay
        self.makeBehaviour = behaviour
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.decoder.append(self.unwrapInboundIn(data))
        do {
            while let packet = try self.decoder.next() { try self.received(packet, context: context) }
        } catch {
            context.close(promise: nil)
        }
    }

    private func received(_ packet: Packet, context: ChannelHandlerContext) throws {
        var answer = ByteBuffer()
        switch packet {
        case .connect(let connect):
            let seen = self.relay.record { $0.connects.append(connect) }
            self.number = (seen?.connects.count ?? 1) - 1
            self.behaviour = self.makeBehaviour(self.number)
            if let garbage = self.behaviour.garbage {
                answer.writeBytes(garbage)
            } else {
                try ConnackPacket(sessionPresent: false, returnCode: self.behaviour.answer).encode(into: &answer)
            }
        case .publish(let publish):
            _ = self.relay.record {
                $0.publishes.append(
                    TestGateway.Publish(
                        connection: self.number,
                        id: publish.packetID,
                        topic: String(buffer: publish.topic),
                        payload: String(buffer: publish.payload),
                        isDuplicate: publish.isDuplicate
                    )
                )
            }
            self.publishCount += 1
            if let limit = self.behaviour.closesAfter, self.publishCount >= limit {
                context.close(promise: nil)
                return
            }
            if self.behaviour.closesAfter != nil { return }
            if self.behaviour.sendsUnknownPubacks { try PubackPacket(packetID: 60_000).encode(into: &answer) }
            try PubackPacket(packetID: publish.packetID).encode(into: &answer)
        case .pingreq:
            try Packet.pingresp.encode(into: &answer)
        case .disconnect:
            _ = self.relay.record { $0.disconnects += 1 }
            context.close(promise: nil)
            return
        default:
            context.close(promise: nil)
            return
        }
        context.writeAndFlush(self.wrapOutboundOut(answer), promise: nil)
    }
}
