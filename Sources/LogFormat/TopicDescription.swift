/// What is fixed about a topic when it is made, kept as three lines of text.
///
/// ```
/// weir-topic 1
/// partitions 4
/// checksum 5f1c9a02
/// ```
/// The checksum is the CRC-32C of the lines before it.
package struct TopicDescription: Equatable, Sendable {
    private static let title = "weir-topic 1"

    /// Partitions, 1 to 32; never changes.
    package var partitionCount: Int

    /// A description of a topic with so many partitions.
    package init(partitionCount: Int) {
        self.partitionCount = partitionCount
    }

    /// The file's text.
    package var text: String {
        let lines = "\(TopicDescription.title)\npartitions \(self.partitionCount)\n"
        return lines + "checksum \(TopicDescription.checksum(lines))\n"
    }

    /// Reads the file's bytes; `nil` when they are not exactly what ``text`` writes.
    package init?(reading bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count == 4, lines[1].hasPrefix("partitions "), let count = Int(lines[1].dropFirst(11)),
            (1...StoredFrame.partitionCountMax).contains(count)
        else { return nil }
        self.partitionCount = count
        guard text == self.text else { return nil }
    }

    private static func checksum(_ text: String) -> String {
        let digits = String(CRC32C.checksum(Array(text.utf8)), radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
}
