import EventLog
import Testing

@testable import StreamEngine

@Suite("a stream's checkpoint")
struct CheckpointTests {
    private let checkpoint = Checkpoint(
        configuration: [1, 2, 3],
        input: LogPosition(segment: 7, byte: 1_234),
        nextOffsets: [0, 5, 9],
        outputs: [
            LogPosition(segment: 1, byte: 64), LogPosition(segment: 2, byte: 65), LogPosition(segment: 3, byte: 66),
        ],
        pipeline: Array(0...200)
    )

    @Test("it begins with its magic and version, and reads back what was written")
    func bothWays() throws {
        let bytes = self.checkpoint.bytes
        #expect(bytes.starts(with: "WEIRSTRM".utf8))
        #expect(Array(bytes[8..<16]) == [1, 0, 0, 0, 0, 0, 0, 0])
        #expect(try Checkpoint(bytes) == self.checkpoint)
    }

    @Test("cut or flipped anywhere it is damaged")
    func damage() {
        let bytes = self.checkpoint.bytes
        for index in bytes.indices {
            #expect(throws: Checkpoint.Fault.damaged) { try Checkpoint(Array(bytes[..<index])) }
            var flipped = bytes
            flipped[index] ^= 0x10
            #expect(throws: Checkpoint.Fault.damaged) { try Checkpoint(flipped) }
        }
        #expect(throws: Checkpoint.Fault.damaged) { try Checkpoint(bytes + [0]) }
    }
}
