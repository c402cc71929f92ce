/// Where an import stood: partition, offset before its next reading, number of that reading; `2 104711 4000`.
struct ImportNote: Equatable, Sendable {
    var partition: Int
    var offset: Int64
    var next: Int64

    init(partition: Int, offset: Int64, next: Int64) {
        self.partition = partition
        self.offset = offset
        self.next = next
    }

    /// Reads a record's value; `nil` when it is none.
    init?(reading bytes: some Collection<UInt8>) {
        let parts = String(decoding: bytes, as: UTF8.self).split(separator: " ")
        guard parts.count == 3, let partition = Int(parts[0]), let offset = Int64(parts[1]), let next = Int64(parts[2]),
            partition >= 0, offset >= 0, next >= 0
        else { return nil }
        self.init(partition: partition, offset: offset, next: next)
    }

    /// A record's value.
    var text: String { "\(self.partition) \(self.offset) \(self.next)" }
}
