import TelemetryJSON

/// What to make a topic with, or what to set anew; what is absent gets the default, or stays.
package struct TopicChange: Equatable, Sendable {
    /// A limit that may be none.
    package enum Limit: Equatable, Sendable {
        /// No limit.
        case none
        /// So much.
        case at(Int64)
    }

    /// Partitions of a new topic.
    package var partitions: Int?
    /// Milliseconds that records are kept.
    package var retention: Limit?
    /// Bytes of the whole topic that are always kept.
    package var retentionBytes: Limit?
    /// Bytes of a segment before the next one begins.
    package var segmentBytes: Int64?
    /// Milliseconds of a segment before the next one begins.
    package var segmentMilliseconds: Int64?
    /// Bytes of one batch of a Kafka producer.
    package var messageBytes: Int64?
    /// `append` or `create`.
    package var timestamp: String?

    /// A change of nothing.
    package init() {}

    /// The body of a request.
    var json: [UInt8] {
        var writer = JSONWriter(capacity: 256)
        writer.beginObject()
        func write(_ name: String, _ value: Int64?) {
            guard let value else { return }
            writer.key(name)
            writer.number(value)
        }
        func write(_ name: String, _ limit: Limit?) {
            switch limit {
            case nil: break
            case .some(.none):
                writer.key(name)
                writer.null()
            case .at(let value)?: write(name, value)
            }
        }
        write("partitions", self.partitions.map(Int64.init))
        write("retentionMilliseconds", self.retention)
        write("retentionBytes", self.retentionBytes)
        write("segmentBytesMax", self.segmentBytes)
        write("segmentMillisecondsMax", self.segmentMilliseconds)
        write("messageBytesMax", self.messageBytes)
        if let timestamp = self.timestamp {
            writer.key("timestampType")
            writer.string(timestamp)
        }
        writer.endObject()
        return writer.bytes
    }
}
