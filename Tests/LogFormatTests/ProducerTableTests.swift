import LogFormat
import TestSupport
import Testing

@Suite("Producers that number their batches, contracts/kafka.md §5.5")
struct ProducerTableTests {
    private func header(
        _ sequence: Int32,
        producer: Int64 = 1,
        epoch: Int16 = 0,
        count: Int = 1
    ) -> RecordBatchHeader {
        var header = RecordBatchHeader(baseOffset: 0, size: 100, recordCount: count, stamp: 0)
        header.producerID = producer
        header.producerEpoch = epoch
        header.baseSequence = sequence
        return header
    }

    /// A producer of epoch 1 that has sent batches of ten: sequences 0 to 69, offsets 100 to 169.
    private var entry: ProducerEntry {
        var entry = ProducerEntry(self.header(0, epoch: 1, count: 10), baseOffset: 100, stamp: 1)
        for number in 1..<7 {
            entry.add(
                self.header(Int32(number * 10), epoch: 1, count: 10),
                baseOffset: Int64(100 + number * 10),
                stamp: Int64(number)
            )
        }
        return entry
    }

    @Test(
        "the next batch is stored, one of the last five is a duplicate, anything else is refused",
        arguments: [
            (Int16(1), Int32(70), 10, ProducerEntry.Verdict.next), (1, 70, 1, .next), (1, 71, 10, .outOfOrder),
            (1, 69, 10, .outOfOrder), (1, 60, 10, .duplicate(baseOffset: 160)),
            (1, 20, 10, .duplicate(baseOffset: 120)), (1, 10, 10, .outOfOrder), (1, 60, 9, .outOfOrder),
            (1, 60, 11, .outOfOrder), (0, 70, 10, .staleEpoch), (0, 60, 10, .staleEpoch), (2, 0, 10, .next),
            (2, 70, 10, .outOfOrder), (2, 1, 10, .outOfOrder),
        ]
    )
    func verdicts(epoch: Int16, sequence: Int32, count: Int, expected: ProducerEntry.Verdict) {
        #expect(self.entry.verdict(on: self.header(sequence, epoch: epoch, count: count)) == expected)
    }

    @Test("behind sequence 2³¹ - 1 comes 0, also inside a batch")
    func wrap() {
        var entry = ProducerEntry(self.header(.max, count: 1), baseOffset: 0, stamp: 0)
        #expect(entry.verdict(on: self.header(0)) == .next)
        #expect(entry.verdict(on: self.header(1)) == .outOfOrder)
        entry = ProducerEntry(self.header(.max - 1, count: 5), baseOffset: 7, stamp: 0)
        #expect(entry.marks[0].lastSequence == 2)
        #expect(entry.verdict(on: self.header(3)) == .next)
        #expect(entry.verdict(on: self.header(.max - 1, count: 5)) == .duplicate(baseOffset: 7))
    }

    @Test("a new epoch begins at 0 and forgets the batches of the old one")
    func newEpoch() {
        var entry = self.entry
        entry.add(self.header(0, epoch: 2, count: 10), baseOffset: 200, stamp: 9)
        #expect(entry.marks.count == 1)
        #expect(entry.verdict(on: self.header(0, epoch: 2, count: 10)) == .duplicate(baseOffset: 200))
        #expect(entry.verdict(on: self.header(60, epoch: 1, count: 10)) == .staleEpoch)
    }

    @Test("a producer is known per partition")
    func partitions() {
        var table = ProducerTable()
        table.add(self.header(0, producer: 5), partition: 3, baseOffset: 9, stamp: 0)
        #expect(table[.init(producerID: 5, partition: 3)]?.marks.count == 1)
        #expect(table[.init(producerID: 5, partition: 2)] == nil)
        #expect(table[.init(producerID: 4, partition: 3)] == nil)
    }

    @Test("over the limit the longest idle is forgotten first")
    func limit() {
        var table = ProducerTable(limit: 3)
        for producer in [Int64(1), 2, 3, 1, 4] {
            table.add(self.header(0, producer: producer), partition: 0, baseOffset: 0, stamp: 10)
        }
        #expect(table.all.map(\.key.producerID) == [3, 1, 4])
        #expect(table.count == 3)
    }

    @Test(
        "who has sent nothing for seven days is forgotten",
        arguments: [(ProducerTable.idleMilliseconds, 2), (ProducerTable.idleMilliseconds + 1, 1)]
    )
    func idle(milliseconds: Int64, left: Int) {
        var table = ProducerTable()
        table.add(self.header(0, producer: 1), partition: 0, baseOffset: 0, stamp: 1_000)
        table.add(self.header(0, producer: 2), partition: 0, baseOffset: 0, stamp: 1_000 + milliseconds)
        #expect(table.count == left)
    }

    @Test("the chain of entries agrees with a plain list, whatever comes and goes")
    func chain() {
        var random = SeededGenerator.announced()
        var table = ProducerTable(limit: 8)
        var expected: [Int64] = []
        for step in 0..<5_000 {
            let producer = Int64.random(in: 0..<20, using: &random)
            table.add(self.header(0, producer: producer), partition: 0, baseOffset: 0, stamp: Int64(step))
            expected.removeAll { $0 == producer }
            expected.append(producer)
            if expected.count > 8 { expected.removeFirst() }
            #expect(table.all.map(\.key.producerID) == expected)
        }
    }

    @Test("a snapshot reads back, and with any byte changed or missing it is none")
    func snapshot() throws {
        var table = ProducerTable()
        for number in 0..<3 {
            for sequence in 0...number {
                let header = self.header(Int32(sequence), producer: Int64(number) << 40, epoch: 3)
                table.add(header, partition: number, baseOffset: Int64(sequence), stamp: Int64(number))
            }
        }
        let snapshot = ProducerSnapshot(segment: 9, byte: 1_234, salt: 7, nextOffsets: [5, 6, 7], table: table)
        let bytes = snapshot.encoded
        let read = try #require(ProducerSnapshot(reading: bytes, partitionCount: 3))
        #expect(read.segment == 9 && read.byte == 1_234 && read.salt == 7 && read.nextOffsets == [5, 6, 7])
        #expect(read.table.all.map(\.key) == table.all.map(\.key))
        #expect(read.table.all.map(\.entry) == table.all.map(\.entry))
        #expect(ProducerSnapshot(reading: bytes, partitionCount: 2) == nil)
        #expect(ProducerSnapshot(reading: bytes + [0], partitionCount: 3) == nil)
        for index in bytes.indices {
            #expect(ProducerSnapshot(reading: Array(bytes[..<index]), partitionCount: 3) == nil, "cut at \(index)")
            var flipped = bytes
            flipped[index] ^= 0x20
            #expect(ProducerSnapshot(reading: flipped, partitionCount: 3) == nil, "byte \(index)")
        }
    }

    @Test("an empty snapshot reads back")
    func emptySnapshot() throws {
        let bytes = ProducerSnapshot(segment: 0, byte: 0, salt: 0, nextOffsets: [0], table: ProducerTable()).encoded
        #expect(bytes.count == 46)
        #expect(try #require(ProducerSnapshot(reading: bytes, partitionCount: 1)).table.count == 0)
    }
}
