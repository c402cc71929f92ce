import MQTTCodec
import MQTTProtocol
import MQTTServer
import NIOCore
import NIOPosix
import ServerTestSupport
import TelemetryModel
import TestSupport
import Testing

@Suite("MQTT over WebSocket, §6", .timeLimit(.minutes(1)))
struct WebSocketTests {
    /// Raw bytes of a connection whose HTTP upgrade is over.
    private final class Bytes: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let received: Mailbox<UInt8?>

        init(_ received: Mailbox<UInt8?>) {
            self.received = received
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            for byte in self.unwrapInboundIn(data).readableBytesView { self.received.push(byte) }
        }

        func channelInactive(context: ChannelHandlerContext) {
            self.received.push(nil)
        }
    }

    private struct Client {
        let channel: any Channel
        let received: Mailbox<UInt8?>

        /// One masked frame.
        func send(_ payload: [UInt8], opcode: UInt8 = 2, isFinal: Bool = true, isMasked: Bool = true) async throws {
            var bytes = ByteBuffer(bytes: [(isFinal ? 0x80 : 0) | opcode, (isMasked ? 0x80 : 0) | UInt8(payload.count)])
            let mask: [UInt8] = isMasked ? [1, 2, 3, 4] : [0, 0, 0, 0]
            if isMasked { bytes.writeBytes(mask) }
            bytes.writeBytes(payload.enumerated().map { $1 ^ mask[$0 % 4] })
            try await self.channel.writeAndFlush(bytes)
        }

        func expect(_ bytes: [UInt8], sourceLocation: SourceLocation = #_sourceLocation) async throws {
            var got: [UInt8] = []
            while got.count < bytes.count {
                guard let byte = try await self.received.next() else { break }
                got.append(byte)
            }
            #expect(got == bytes, sourceLocation: sourceLocation)
        }

        func expectClosed(sourceLocation: SourceLocation = #_sourceLocation) async throws {
            #expect(try await self.received.next() == nil, sourceLocation: sourceLocation)
        }
    }

    private static let connect: [UInt8] = [0x10, 13, 0, 4, 0x4D, 0x51, 0x54, 0x54, 4, 2, 0, 60, 0, 1, 0x61]
    private static let connack: [UInt8] = [0x82, 4, 0x20, 2, 0, 0]

    private func run(
        configuration: MQTTServer.Configuration = MQTTServer.Configuration(),
        comesSecond: Bool = false,
        _ body: (TestEndpoint, Client) async throws -> Void
    ) async throws {
        try await TestEndpoint.run(authenticator: .application(), configuration: configuration) { endpoint in
            let server = endpoint.server
            if comesSecond { try await endpoint.client().connect("first") }
            let listener = try await ServerBootstrap(group: endpoint.group)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        server.adopt(channel, isTLS: false, remoteAddress: "192.0.2.1:5")
                    }
                }
                .bind(host: "127.0.0.1", port: 0).get()
            let received = Mailbox<UInt8?>("a byte")
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(Bytes(received))
                    }
                }
                .connect(to: try #require(listener.localAddress)).get()
            try await body(endpoint, Client(channel: channel, received: received))
            try await listener.close()
        }
    }

    @Test("a packet may span frames and frames may share packets [MQTT-6.0.0-2]")
    func packets() async throws {
        try await self.run { endpoint, client in
            try await client.send(Array(Self.connect.prefix(5)), isFinal: false)
            try await client.send([], opcode: 9)
            try await client.expect([0x8A, 0])
            try await client.send(Array(Self.connect.dropFirst(5)), opcode: 0)
            try await client.expect(Self.connack)
            try await client.send([0xC0, 0, 0xC0, 0])
            try await client.expect([0x82, 4, 0xD0, 0, 0xD0, 0])
            let opening = try await endpoint.observer.openings.next()
            #expect(opening.transport == .webSocket)
            #expect(opening.remoteAddress == "192.0.2.1:5")
        }
    }

    @Test("text closes with 1003, an unmasked frame with 1002 [MQTT-6.0.0-1]", arguments: [true, false])
    func faults(isText: Bool) async throws {
        try await self.run { _, client in
            try await client.send([0x61], opcode: isText ? 1 : 2, isMasked: isText)
            try await client.expect([0x88, 2, 3, isText ? 0xEB : 0xEA])
            try await client.expectClosed()
        }
    }

    @Test("a close is answered with a close")
    func close() async throws {
        try await self.run { _, client in
            try await client.send(Self.connect)
            try await client.expect(Self.connack)
            try await client.send([3, 0xE8], opcode: 8)
            try await client.expect([0x88, 2, 3, 0xE8])
            try await client.expectClosed()
        }
    }

    @Test("before CONNECT no frame is held that is larger than a CONNECT may be", arguments: [true, false])
    func connectSize(isConnected: Bool) async throws {
        try await self.run(configuration: .with(\.connectPacketSizeMax, 1_000)) { endpoint, client in
            if isConnected {
                try await client.send(Self.connect)
                try await client.expect(Self.connack)
            }
            // The head of a frame of 64 KiB, and less than all of it.
            var bytes = ByteBuffer(bytes: [0x82, 0xFF, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0])
            bytes.writeRepeatingByte(0, count: 8 << 10)
            try await client.channel.writeAndFlush(bytes)
            if isConnected {
                #expect(endpoint.server.connectionCount == 1)
            } else {
                try await eventually { endpoint.closed(.inputOverflow) == 1 }
            }
        }
    }

    @Test("a frame of the largest size is taken, one byte more closes with 1009", arguments: [20, 21])
    func frameSize(count: Int) async throws {
        try await self.run(configuration: .with(\.webSocketFrameMax, 20)) { endpoint, client in
            try await client.send(Self.connect)
            try await client.expect(Self.connack)
            let publish = [0x30, UInt8(count - 2), 0, 1, 0x61] + [UInt8](repeating: 0x78, count: count - 5)
            try await client.send(publish)
            if count == 20 {
                try await client.send([0xC0, 0])
                try await client.expect([0x82, 2, 0xD0, 0])
            } else {
                try await client.expect([0x88, 2, 3, 0xF1])
                try await client.expectClosed()
                #expect(endpoint.closed(.webSocketFault) == 1)
            }
        }
    }

    @Test("it waits for its turn like any connection, and what it sent meanwhile is not lost")
    func admission() async throws {
        var configuration = MQTTServer.Configuration()
        configuration.admission = .init(rate: 2, burst: 1, lineMax: 100, patience: .seconds(20))
        let start = ContinuousClock.now
        try await self.run(configuration: configuration, comesSecond: true) { _, client in
            try await client.send(Self.connect)
            try await client.expect(Self.connack)
            #expect(ContinuousClock.now - start >= .milliseconds(400))
        }
    }
}
