package import NIOCore

/// The table of versions. Source: contracts/kafka.md §2.
///
/// No tag is ever written: librdkafka before 2.2 skips them one byte short, and an explicit epoch of finalized features
/// makes Debian's kcat fail.
package struct ApiVersionsAnswer: KafkaAnswer {
    /// 35 in the answer to a version we do not know, which is written as version 0.
    package var error: KafkaError

    /// The whole table.
    package init(error: KafkaError = .noError) {
        self.error = error
    }

    package func write(to buffer: inout ByteBuffer, version: Int16) {
        // The client whose version we do not know reads version 0.
        let version = self.error == .unsupportedVersion ? 0 : version
        let keys = APIKey.allCases
        buffer.writeError(self.error)
        if version >= 3 {
            buffer.writeInteger(UInt8(keys.count + 1))  // a compact array's count: 23, one byte of varint
        } else {
            buffer.writeInteger(Int32(keys.count))
        }
        for key in keys {
            let versions = APIVersionTable.advertised(key)
            buffer.writeInteger(key.rawValue)
            buffer.writeInteger(versions.lowerBound)
            buffer.writeInteger(versions.upperBound)
            if version >= 3 { buffer.writeInteger(UInt8(0)) }  // no tags
        }
        if version >= 1 { buffer.writeThrottle() }
        if version >= 3 { buffer.writeInteger(UInt8(0)) }  // no tags
    }
}
