import AsyncHTTPClient
package import NIOCore

/// The lines of an NDJSON answer, one record each, without their line feed.
///
/// Memory: one line and one chunk of the answer. Ending the iteration early closes the connection.
package struct RecordLines: AsyncSequence, Sendable {
    package typealias Element = ByteBuffer
    package typealias Failure = GatewayClientError

    /// Bytes of the longest line taken: a record's value of 256 KiB, escaped, with its properties, many times over.
    package static let lineBytesMax = 16 << 20

    private let body: HTTPClientResponse.Body
    private let client: GatewayClient

    init(body: HTTPClientResponse.Body, client: GatewayClient) {
        self.body = body
        self.client = client
    }

    package func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(chunks: self.body.makeAsyncIterator(), client: self.client)
    }

    /// See ``RecordLines``.
    package struct AsyncIterator: AsyncIteratorProtocol {
        private var chunks: HTTPClientResponse.Body.AsyncIterator
        private let client: GatewayClient
        private var pending = ByteBuffer()
        /// Bytes at the head of `pending` known to hold no line feed.
        private var searched = 0

        fileprivate init(chunks: HTTPClientResponse.Body.AsyncIterator, client: GatewayClient) {
            self.chunks = chunks
            self.client = client
        }

        package mutating func next() async throws(GatewayClientError) -> ByteBuffer? {
            try await self.next(isolation: #isolation)
        }

        /// The next line. Stays with its caller: a hop for each line would cost more than the line.
        package mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(GatewayClientError) -> ByteBuffer? {
            while true {
                if let line = self.nextLine() {
                    if line.readableBytes > 0 { return line }
                    continue  // an empty line keeps a quiet stream alive
                }
                guard self.pending.readableBytes <= RecordLines.lineBytesMax else {
                    throw .unexpectedAnswer(address: self.client.connection.address, detail: "a line over 16 MiB")
                }
                guard try await self.readChunk() else {
                    // A whole answer ends with a line feed.
                    guard self.pending.readableBytes == 0 else {
                        throw .connectionLost(address: self.client.connection.address)
                    }
                    return nil
                }
            }
        }

        private mutating func readChunk() async throws(GatewayClientError) -> Bool {
            do {
                guard var chunk = try await self.chunks.next(isolation: #isolation) else { return false }
                if self.pending.readableBytes == 0 {
                    self.pending = chunk
                } else {
                    self.pending.discardReadBytes()
                    self.pending.writeBuffer(&chunk)
                }
                return true
            } catch {
                throw self.client.translated(error)
            }
        }

        private mutating func nextLine() -> ByteBuffer? {
            let view = self.pending.readableBytesView
            let feed = view.dropFirst(self.searched).firstIndex(of: UInt8(ascii: "\n"))
            guard let feed else {
                self.searched = view.count
                return nil
            }
            self.searched = 0
            let line = self.pending.readSlice(length: feed - view.startIndex)
            self.pending.moveReaderIndex(forwardBy: 1)
            return line
        }
    }
}
