import NIOCore

/// How much memory a connection reads into, and keeps: room for a few readings, and more for who fills it.
///
/// In place of NIO's `AdaptiveRecvByteBufferAllocator`, which begins with 2 KiB and lies in memory of its own: this is one
/// word inside the channel, which a read has at hand.
struct ReadAllocator: RecvByteBufferAllocator {
    private static let capacityInitial = 512
    private static let capacityMax = 64 << 10

    private var capacity = ReadAllocator.capacityInitial

    func buffer(allocator: ByteBufferAllocator) -> ByteBuffer { allocator.buffer(capacity: self.capacity) }

    func nextBufferSize() -> Int? { self.capacity }

    /// A read that filled its memory is followed by one into twice as much.
    mutating func record(actualReadBytes: Int) -> Bool {
        guard actualReadBytes >= self.capacity, self.capacity < ReadAllocator.capacityMax else { return false }
        self.capacity *= 2
        return true
    }
}
