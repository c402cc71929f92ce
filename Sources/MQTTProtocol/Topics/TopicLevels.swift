package import NIOCore

/// Walks the levels of a topic name or filter as bytes: what stands between the slashes, empty levels included.
///
/// Nothing is copied: a level is valid as long as the bytes are. Spec: MQTT 5.0 §4.7.1.1.
package struct TopicLevels {
    /// More levels than any real topic has. A subscription or retained message beyond it is refused, since every level
    /// costs a node: without the bound 64 KiB of slashes would cost 5 MB. Source: mosquitto's limit.
    package static let countMax = 200

    private var rest: UnsafeRawBufferPointer
    private var isAtEnd = false

    /// A walk that begins at the first level. Empty bytes have one empty level.
    init(_ bytes: UnsafeRawBufferPointer) {
        self.rest = bytes
    }

    /// The levels of a topic name.
    package static func count(of topic: ByteBuffer) -> Int {
        topic.withUnsafeReadableBytes { bytes in bytes.reduce(1) { $0 + ($1 == UInt8(ascii: "/") ? 1 : 0) } }
    }

    /// The levels of a topic filter, `$share` and the share's name included.
    package static func count(of filter: String) -> Int {
        filter.utf8.reduce(1) { $0 + ($1 == UInt8(ascii: "/") ? 1 : 0) }
    }

    /// The next level; `nil` behind the last.
    mutating func next() -> UnsafeRawBufferPointer? {
        guard !self.isAtEnd else { return nil }
        guard let slash = self.rest.firstIndex(of: UInt8(ascii: "/")) else {
            self.isAtEnd = true
            return self.rest
        }
        let level = UnsafeRawBufferPointer(rebasing: self.rest[..<slash])
        self.rest = UnsafeRawBufferPointer(rebasing: self.rest[(slash + 1)...])
        return level
    }
}

extension UnsafeRawBufferPointer {
    /// Whether a level is `+`.
    var isPlus: Bool { self.count == 1 && self[0] == UInt8(ascii: "+") }

    /// Whether a level is `#`.
    var isHash: Bool { self.count == 1 && self[0] == UInt8(ascii: "#") }

    /// Whether a topic is hidden from wildcards in the first level. [MQTT-4.7.2-1]
    var beginsWithDollar: Bool { self.first == UInt8(ascii: "$") }

    /// Whether both are the same bytes.
    func equals(_ other: UnsafeRawBufferPointer) -> Bool {
        self.count == other.count && self.elementsEqual(other)
    }
}

extension String {
    /// Lends the text's UTF-8; nothing is copied but for text that is not stored as UTF-8, which ours never is.
    func withTopicBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        if let result = self.utf8.withContiguousStorageIfAvailable({ body(UnsafeRawBufferPointer($0)) }) {
            return result
        }
        return Array(self.utf8).withUnsafeBytes(body)
    }
}
