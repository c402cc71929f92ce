import LogFormat
import Testing

@Suite("Stored frame, DESIGN §5")
struct StoredFrameTests {
    private static let frame = StoredFrame(
        partition: 3,
        cycle: 0x1234,
        isLastOfCycle: true,
        batchBytes: workedBatch.count,
        baseOffset: 0
    )

    private func stored(_ frame: StoredFrame = frame, salt: UInt32 = 0) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: StoredFrame.size) + workedBatch
        bytes.withUnsafeMutableBytes { frame.write(to: $0, salt: salt) }
        return bytes
    }

    @Test("a frame has the drawn layout and at most 20 bytes")
    func layout() {
        #expect(StoredFrame.size == 20)
        let bytes = self.stored()
        #expect(Array(bytes[..<16]) == hex("01 83 1234 00000074 0000000000000000"))
        let covered = Array(bytes[..<16]) + Array(workedBatch[..<21])
        let crc = withUnsafeBytes(of: CRC32C.checksum(covered).bigEndian) { Array($0) }
        #expect(Array(bytes[16..<20]) == crc)
        #expect(Array(bytes[20...]) == workedBatch)
    }

    @Test("what is written reads back", arguments: [(0, false), (3, true), (31, true)])
    func roundTrip(partition: Int, isLast: Bool) {
        var frame = StoredFrameTests.frame
        frame.partition = partition
        frame.isLastOfCycle = isLast
        let bytes = self.stored(frame, salt: 77)
        #expect(bytes.withUnsafeBytes { StoredFrame(reading: $0, salt: 77) } == frame)
        #expect(bytes.withUnsafeBytes { StoredFrame(reading: $0, salt: 78) } == nil)
    }

    @Test("one flipped bit in the frame or in the batch's first 21 bytes is always found")
    func flips() {
        let bytes = self.stored(salt: 5)
        for index in 0..<(StoredFrame.size + 21) {
            for bit in 0..<8 {
                var flipped = bytes
                flipped[index] ^= 1 << UInt8(bit)
                #expect(
                    flipped.withUnsafeBytes { StoredFrame(reading: $0, salt: 5) } == nil,
                    "byte \(index) bit \(bit)"
                )
            }
        }
    }

    @Test("too few bytes are no frame")
    func short() {
        let bytes = self.stored()
        for length in 0..<(StoredFrame.size + 21) {
            #expect(Array(bytes[..<length]).withUnsafeBytes { StoredFrame(reading: $0, salt: 0) } == nil)
        }
    }

    @Test(
        "a batch length outside 61 bytes to 32 MiB is no frame",
        arguments: [(60, false), (61, true), (33_554_432, true), (33_554_433, false)]
    )
    func lengths(batchBytes: Int, isFrame: Bool) {
        // The frame is made by hand: writing one demands that the batch is there.
        var bytes = self.stored()
        withUnsafeBytes(of: UInt32(batchBytes).bigEndian) { bytes.replaceSubrange(4..<8, with: $0) }
        let crc = CRC32C.checksum(Array(bytes[..<16]) + Array(bytes[20..<41]))
        withUnsafeBytes(of: crc.bigEndian) { bytes.replaceSubrange(16..<20, with: $0) }
        #expect(bytes.withUnsafeBytes { StoredFrame(reading: $0, salt: 0) != nil } == isFrame)
    }
}
