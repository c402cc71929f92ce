import MQTTCodec
import MQTTServer
import NIOCore
import NIOPosix
import ServerTestSupport
import Testing

@Suite("Every answer is written once", .timeLimit(.minutes(1)))
struct AnswerCountTests {
    /// Counts PINGRESPs; hands over the count with each packet that is none.
    private final class PingCounter: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        struct Count: Equatable, Sendable {
            var pingresps: Int
            var then: Packet
        }

        private let counts: Mailbox<Count>
        private var decoder = PacketDecoder(packetSizeMax: 1 << 10)
        private var pingresps = 0

        init(counts: Mailbox<Count>) {
            self.counts = counts
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            self.decoder.append(self.unwrapInboundIn(data))
            do {
                while let packet = try self.decoder.next() {
                    if packet == .pingresp {
                        self.pingresps += 1
                    } else {
                        self.counts.push(Count(pingresps: self.pingresps, then: packet))
                        self.pingresps = 0
                    }
                }
            } catch {
                context.close(promise: nil)
            }
        }
    }

    @Test("answers that fill the channel's buffer are not written again when it has emptied")
    func burst() async throws {
        try await TestEndpoint.run { endpoint in
            let counts = Mailbox<PingCounter.Count>("an answer behind PINGRESPs")
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(PingCounter(counts: counts))
                    }
                }
                .connect(to: endpoint.address).get()
            var connect = ByteBuffer()
            try Packet.connect(ConnectPacket(clientID: "dev1")).encode(into: &connect)
            try await channel.writeAndFlush(connect)
            _ = try await counts.next()
            // More than the 32 KiB at which the channel becomes unwritable. The first rounds make the server's reads
            // grow to the size of a burst.
            let pings = 17_000
            for round in UInt16(1)...12 {
                var burst = ByteBuffer(bytes: Array(repeatElement([0xC0, 0x00], count: pings).joined()))
                let request = SubscribePacket.Request(filter: "devices/dev1/messages/devicebound/#", qos: .atMostOnce)
                try Packet.subscribe(SubscribePacket(packetID: round, requests: [request])).encode(into: &burst)
                try await channel.writeAndFlush(burst)
                let suback = Packet.suback(SubackPacket(packetID: round, codes: [.granted(.atMostOnce)]))
                let count = try await counts.next()
                guard count != PingCounter.Count(pingresps: pings, then: suback) else { continue }
                Issue.record("round \(round): \(count), expected \(pings) PINGRESPs and its SUBACK")
                break
            }
            try await channel.close()
        }
    }
}
