import LogFormat
import NIOCore
import Testing

@Suite("Partition of a key, contracts/kafka.md §7")
struct KeyPartitionerTests {
    @Test(
        "keys hash as in Kafka's own clients",
        arguments: [
            ("a", 0xa2d0_b27c, 0), ("dev-001", 0xf60f_1cbb, 3), ("foobar", 0xd0e4_7bbe, 2), ("é", 0x0b24_f487, 3),
            ("", 0x106e_08d9, 1),
        ] as [(String, UInt32, Int)]
    )
    func hashes(key: String, hash: UInt32, partitionOf4: Int) {
        #expect(KeyPartitioner.hash(key.utf8) == hash)
        #expect(KeyPartitioner.partition(of: key.utf8, partitionCount: 4) == partitionOf4)
        #expect(KeyPartitioner.hash(ByteBuffer(string: key).readableBytesView) == hash)
    }

    @Test("one partition takes every key")
    func onePartition() {
        for key in ["", "a", "dev-001"] { #expect(KeyPartitioner.partition(of: key.utf8, partitionCount: 1) == 0) }
    }
}
