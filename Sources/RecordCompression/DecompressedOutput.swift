internal import NIOCore

/// Where decompressed bytes gather, up to a limit; memory grows with what comes, not with what a header announces.
struct DecompressedOutput {
    /// Bytes of room offered at least.
    private static let roomMin = 16 << 10

    /// The bytes, behind those that were there at the start.
    private(set) var buffer: ByteBuffer
    let codec: CompressionCodec
    private let limit: Int
    /// Bytes decompressed so far.
    private(set) var count = 0

    /// Output behind what `buffer` holds, at most `limit` bytes.
    init(behind buffer: ByteBuffer, codec: CompressionCodec, limit: Int) {
        self.buffer = buffer
        self.codec = codec
        self.limit = limit
    }

    /// Offers as much room again as there are bytes already; `body` returns how much of it is filled.
    mutating func write(_ body: (UnsafeMutableRawBufferPointer) -> Int) throws(DecompressionError) {
        // One byte over the limit tells "full" from "too much".
        let room = min(max(self.count, DecompressedOutput.roomMin), self.limit - self.count + 1)
        let filled = self.buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: room) { bytes in
            body(UnsafeMutableRawBufferPointer(rebasing: bytes[..<room]))
        }
        try self.take(filled)
    }

    /// Offers exactly `count` bytes of room; `body` returns how much of it is filled.
    mutating func write(exactly count: Int, _ body: (UnsafeMutableRawBufferPointer) -> Int) throws(DecompressionError) {
        guard count <= self.limit - self.count else { throw self.tooLarge }
        let filled = self.buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { bytes in
            body(UnsafeMutableRawBufferPointer(rebasing: bytes[..<count]))
        }
        try self.take(filled)
    }

    /// Takes bytes over as they are; `false` when they do not fit, and then none of them.
    mutating func append(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard bytes.count <= self.limit - self.count else { return false }
        self.buffer.writeBytes(bytes)
        self.count += bytes.count
        return true
    }

    var tooLarge: DecompressionError { .tooLarge(self.codec, limit: self.limit) }

    private mutating func take(_ filled: Int) throws(DecompressionError) {
        self.count += filled
        guard self.count <= self.limit else { throw self.tooLarge }
    }
}
