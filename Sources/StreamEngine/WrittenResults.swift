/// Which results an output topic already holds, in constant memory.
///
/// Results come in the order of the input log and the output keeps the order within each of its partitions. So in one output
/// partition the results that came from one input partition have rising offsets and ordinals, and what a crash left there is a
/// front part of them: remembering the last one is enough.
struct WrittenResults: Equatable {
    private struct Last: Equatable {
        var offset: Int64 = -1
        var ordinal = -1
    }

    private let inputPartitions: Int
    /// By output partition, then input partition.
    private var last: [Last]

    init(outputPartitions: Int, inputPartitions: Int) {
        self.inputPartitions = inputPartitions
        self.last = [Last](repeating: Last(), count: outputPartitions * inputPartitions)
    }

    /// Remembers a result found in the output.
    mutating func note(_ source: StreamSource, outputPartition: Int) {
        guard let index = self.index(source, outputPartition), !self.contains(source, outputPartition: outputPartition)
        else { return }
        self.last[index] = Last(offset: source.offset, ordinal: source.ordinal)
    }

    /// Whether the output holds the result.
    func contains(_ source: StreamSource, outputPartition: Int) -> Bool {
        guard let index = self.index(source, outputPartition) else { return false }
        let last = self.last[index]
        return (source.offset, source.ordinal) <= (last.offset, last.ordinal)
    }

    /// Whether the input has been processed beyond every result found: what comes now is new.
    func isPassed(nextOffsets: [Int64]) -> Bool {
        self.last.indices.allSatisfy { self.last[$0].offset < nextOffsets[$0 % self.inputPartitions] }
    }

    private func index(_ source: StreamSource, _ outputPartition: Int) -> Int? {
        guard (0..<self.inputPartitions).contains(source.partition),
            (0..<(self.last.count / max(self.inputPartitions, 1))).contains(outputPartition)
        else { return nil }
        return outputPartition * self.inputPartitions + source.partition
    }
}
