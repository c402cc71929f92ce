package import NIOCore

/// The table of versions. Source: contracts/kafka.md §2.
///
/// No tag is ever written: librdkafka before 2.2 skips them one byte short, and an explicit epoch of finalized features
/// makes Debian's kcat fail.
package struct ApiVersionsAnswer: KafkaAnswer {
    /// 35 in the answer to a version we do not know, which is written as version 0.
    package var error: KafkaError

    /// The whole table.
    package init(error: KafkaError = .none) {
        self.error = error
    }

    package func write(to buffer: inout ByteBuffer, version: Int16) {
        let isFlexible = version >= 3 && self.error != .unsupportedVersion
        buffer.writeError(self.error)
        let entries = APIVersionTable.entries
        if isFlexible {
            buffer.writeInteger(UInt8(entries.count + 1))  // a compact array's count + 1: 23, one byte of varint
        } else {
            buffer.writeInteger(Int32(entries.count))
        }
        for entry in entries {
            buffer.writeInteger(entry.key.rawValue)
            buffer.writeInteger(entry.advertised.lowerBound)
            buffer.writeInteger(entry.advertised.upperBound)
            if isFlexible { buffer.writeInteger(UInt8(0)) }  // no tags
        }
        guard self.error != .unsupportedVersion else { return }
        if version >= 1 { buffer.writeThrottle() }
        if isFlexible { buffer.writeInteger(UInt8(0)) }  // no tags
    }
}
