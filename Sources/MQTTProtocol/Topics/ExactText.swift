/// Text that equals another only when both are the same bytes. [MQTT-1.5.4-3]
///
/// Swift's strings are equal when they look the same: `é` of one code point and of two. Topics, filters and client
/// identifiers are bytes, in the trie and in the database, and must be so wherever they are compared.
package struct ExactText: Hashable, Sendable {
    /// The text.
    package let text: String

    /// A key.
    package init(_ text: String) {
        self.text = text
    }

    package static func == (one: ExactText, other: ExactText) -> Bool {
        one.text.hasSameBytes(as: other.text)
    }

    package func hash(into hasher: inout Hasher) {
        self.text.withTopicBytes { hasher.combine(bytes: $0) }
        hasher.combine(0xFF as UInt8)  // in no UTF-8: the end, for keys of several texts
    }
}

extension String {
    /// Whether both are the same bytes.
    package func hasSameBytes(as other: String) -> Bool {
        self.withTopicBytes { bytes in other.withTopicBytes { bytes.equals($0) } }
    }
}
