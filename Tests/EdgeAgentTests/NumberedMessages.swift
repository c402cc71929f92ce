/// The numbered messages that a broker's log says it received, in order of their coming.
struct NumberedMessages {
    struct Message: Hashable {
        var epoch: UInt32
        var first: UInt64
        var count: UInt64
        var isHistorical: Bool
        var dropped: String?

        var last: UInt64 { self.first + self.count - 1 }
    }

    var all: [Message] = []

    init(log: String) {
        for line in log.split(separator: "\n") where line.contains("Received PUBLISH from") {
            guard let start = line.firstIndex(of: "'"), let end = line.lastIndex(of: "'"), start < end else { continue }
            var properties: [Substring: Substring] = [:]
            for property in line[start..<end].split(separator: "&") {
                let parts = property.split(separator: "=", maxSplits: 1)
                if parts.count == 2 { properties[parts[0]] = parts[1] }
            }
            guard let epoch = properties["weir-epoch"].flatMap({ UInt32($0) }),
                let first = properties["weir-seq"].flatMap({ UInt64($0) }),
                let count = properties["weir-count"].flatMap({ UInt64($0) })
            else { continue }
            self.all.append(
                Message(
                    epoch: epoch,
                    first: first,
                    count: count,
                    isHistorical: properties["weir-historical"] == "true",
                    dropped: properties["weir-dropped"].map(String.init)
                )
            )
        }
    }

    var epochs: [UInt32] { Set(self.all.map(\.epoch)).sorted() }

    func readingCount(epoch: UInt32) -> UInt64 {
        UInt64(Set(self.all.filter { $0.epoch == epoch }.flatMap { $0.first...$0.last }).count)
    }

    /// What an exactly-once gateway would find wrong: numbers that never came, and messages that hold a known reading
    /// together with a new one.
    var faults: [String] {
        var faults: [String] = []
        for epoch in self.epochs {
            var known: Set<UInt64> = []
            for message in self.all where message.epoch == epoch {
                let numbers = Set(message.first...message.last)
                if !numbers.isSubset(of: known), !numbers.isDisjoint(with: known) {
                    faults.append("epoch \(epoch): \(message.first)-\(message.last) is known in part")
                }
                known.formUnion(numbers)
            }
            let missing = Set(0...(known.max() ?? 0)).subtracting(known)
            if !missing.isEmpty {
                faults.append("epoch \(epoch): \(missing.count) missing, the first is \(missing.min() ?? 0)")
            }
        }
        return faults
    }
}
