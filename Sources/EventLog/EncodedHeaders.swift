internal import LogFormat

/// Record headers in their stored form, encoded once and used for many records.
package struct EncodedHeaders: Equatable, Sendable {
    /// Headers in ``bytes``.
    package private(set) var count = 0
    /// The headers as they stand in a record.
    package private(set) var bytes: [UInt8] = []

    /// No headers.
    package init() {}

    /// Adds one at the end.
    package mutating func append(name: some Collection<UInt8>, value: some Collection<UInt8>) {
        Varint.append(name.count, to: &self.bytes)
        self.bytes.append(contentsOf: name)
        Varint.append(value.count, to: &self.bytes)
        self.bytes.append(contentsOf: value)
        self.count += 1
    }

    /// Adds one at the end.
    package mutating func append(name: String, value: String) {
        self.append(name: name.utf8, value: value.utf8)
    }
}
