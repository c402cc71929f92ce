/// What a topic is and how it is set, kept as lines of text.
///
/// ```
/// weir-topic 2                         weir-topic 1
/// partitions 4                         partitions 4
/// retention-milliseconds 604800000     checksum 5f1c9a02
/// retention-bytes unlimited
/// segment-bytes 134217728
/// segment-milliseconds 3600000
/// message-bytes 1048588
/// timestamp append
/// checksum 3c0a77d1
/// ```
/// The checksum is the CRC-32C of the lines before it. Format 1 knew no settings: such a topic was made to be kept for
/// ever, and is, until someone sets it.
package struct TopicDescription: Equatable, Sendable {
    private static let unlimited = "unlimited"
    private static let title = "weir-topic"

    /// Partitions, 1 to 32; never changes.
    package var partitionCount: Int
    /// What can be changed; `nil` in format 1.
    package var settings: TopicSettings?

    /// A description of a topic with so many partitions.
    package init(partitionCount: Int, settings: TopicSettings?) {
        self.partitionCount = partitionCount
        self.settings = settings
    }

    /// The file's text.
    package var text: String {
        var lines = "\(TopicDescription.title) \(self.settings == nil ? 1 : 2)\npartitions \(self.partitionCount)\n"
        if let settings = self.settings {
            lines += "retention-milliseconds \(TopicDescription.limit(settings.retentionMilliseconds))\n"
            lines += "retention-bytes \(TopicDescription.limit(settings.retentionBytes))\n"
            lines += "segment-bytes \(settings.segmentBytesMax)\n"
            lines += "segment-milliseconds \(settings.segmentMillisecondsMax)\n"
            lines += "message-bytes \(settings.messageBytesMax)\n"
            lines += "timestamp \(settings.timestampType.rawValue)\n"
        }
        return lines + "checksum \(TopicDescription.checksum(lines))\n"
    }

    /// Reads the file's bytes; `nil` when they are not exactly what ``text`` writes.
    package init?(reading bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        var values: [Substring: Substring] = [:]
        for line in text.split(separator: "\n") {
            guard let space = line.firstIndex(of: " ") else { return nil }
            values[line[..<space]] = line[line.index(after: space)...]
        }
        guard let count = values["partitions"].flatMap({ Int($0) }),
            (1...StoredFrame.partitionCountMax).contains(count)
        else { return nil }
        self.partitionCount = count
        switch values[Substring(TopicDescription.title)] {
        case "1":
            self.settings = nil
        case "2":
            guard let retentionMilliseconds = values["retention-milliseconds"],
                let retentionBytes = values["retention-bytes"],
                let segmentBytes = values["segment-bytes"].flatMap({ Int($0) }), segmentBytes > 0,
                let segmentMilliseconds = values["segment-milliseconds"].flatMap({ Int64($0) }),
                let messageBytes = values["message-bytes"].flatMap({ Int($0) }),
                let timestamp = values["timestamp"].flatMap({ TopicSettings.TimestampType(rawValue: String($0)) })
            else { return nil }
            self.settings = TopicSettings(
                retentionMilliseconds: Int64(retentionMilliseconds),
                retentionBytes: Int64(retentionBytes),
                segmentBytesMax: segmentBytes,
                segmentMillisecondsMax: segmentMilliseconds,
                messageBytesMax: messageBytes,
                timestampType: timestamp
            )
        default:
            return nil
        }
        // Every other way to write the same, and every change, is refused here.
        guard text == self.text else { return nil }
    }

    private static func limit(_ value: Int64?) -> String {
        value.map { "\($0)" } ?? TopicDescription.unlimited
    }

    private static func checksum(_ text: String) -> String {
        let digits = String(CRC32C.checksum(Array(text.utf8)), radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
}
