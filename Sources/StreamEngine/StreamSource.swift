/// The record that made a result, and which of its results it is: what a result is recognised by after a restart.
///
/// A result carries it as the header `weir-source`: `stream/topic/partition/offset/ordinal`.
package struct StreamSource: Equatable, Sendable {
    /// Name of the header.
    package static let headerName = "weir-source"

    package var partition: Int
    package var offset: Int64
    /// 0 for the record's first result.
    package var ordinal: Int

    package init(partition: Int, offset: Int64, ordinal: Int) {
        self.partition = partition
        self.offset = offset
        self.ordinal = ordinal
    }

    /// The header's value.
    package func headerValue(stream: String, topic: String) -> [UInt8] {
        Array("\(stream)/\(topic)/\(self.partition)/\(self.offset)/\(self.ordinal)".utf8)
    }

    /// Reads a header's value; `nil` when another stream wrote it, or it reads another topic, or it is none.
    package init?(headerValue: some Collection<UInt8>, stream: String, topic: String) {
        let parts = headerValue.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard parts.count == 5, parts[0].elementsEqual(stream.utf8), parts[1].elementsEqual(topic.utf8),
            let partition = Int(String(decoding: parts[2], as: UTF8.self)), partition >= 0,
            let offset = Int64(String(decoding: parts[3], as: UTF8.self)), offset >= 0,
            let ordinal = Int(String(decoding: parts[4], as: UTF8.self)), ordinal >= 0
        else { return nil }
        self.init(partition: partition, offset: offset, ordinal: ordinal)
    }
}
