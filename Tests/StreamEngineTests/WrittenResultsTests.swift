import Testing

@testable import StreamEngine

@Suite("which results an output holds")
struct WrittenResultsTests {
    @Test("everything up to the last one found is there, per output partition and input partition")
    func order() {
        var written = WrittenResults(outputPartitions: 2, inputPartitions: 3)
        written.note(StreamSource(partition: 2, offset: 10, ordinal: 1), outputPartition: 1)
        let cases: [(Int, Int64, Int, Int, Bool)] = [
            (2, 10, 1, 1, true), (2, 10, 0, 1, true), (2, 9, 99, 1, true), (2, 10, 2, 1, false), (2, 11, 0, 1, false),
            (2, 10, 1, 0, false), (1, 10, 1, 1, false), (3, 1, 1, 1, false), (2, 1, 1, 2, false), (-1, 0, 0, 0, false),
        ]
        for (partition, offset, ordinal, outputPartition, isThere) in cases {
            let source = StreamSource(partition: partition, offset: offset, ordinal: ordinal)
            #expect(written.contains(source, outputPartition: outputPartition) == isThere)
        }
    }

    @Test("it is passed when the next offset of every input partition is behind what was found")
    func passed() {
        var written = WrittenResults(outputPartitions: 2, inputPartitions: 2)
        #expect(written.isPassed(nextOffsets: [0, 0]))
        written.note(StreamSource(partition: 1, offset: 5, ordinal: 0), outputPartition: 0)
        #expect(!written.isPassed(nextOffsets: [9, 5]))
        #expect(written.isPassed(nextOffsets: [0, 6]))
    }

    @Test("an older one found later does not take anything back")
    func noStepBack() {
        var written = WrittenResults(outputPartitions: 1, inputPartitions: 1)
        written.note(StreamSource(partition: 0, offset: 5, ordinal: 0), outputPartition: 0)
        written.note(StreamSource(partition: 0, offset: 4, ordinal: 7), outputPartition: 0)
        written.note(StreamSource(partition: 9, offset: 40, ordinal: 7), outputPartition: 0)
        #expect(written.contains(StreamSource(partition: 0, offset: 5, ordinal: 0), outputPartition: 0))
        #expect(!written.contains(StreamSource(partition: 0, offset: 5, ordinal: 1), outputPartition: 0))
    }
}
