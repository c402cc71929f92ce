package import NIOCore

/// The body of a request.
package protocol KafkaRequest: Equatable, Sendable {
    /// Its number.
    static var key: APIKey { get }

    /// Reads the body; the version is one that ``APIVersionTable`` advertises.
    init(_ fields: inout RequestFields, version: Int16) throws(KafkaWireError)
}

extension KafkaRequest {
    /// Reads the body from `buffer`, which stands behind the header, to its end.
    ///
    /// Record batches and authentication bytes are slices of `buffer`; everything else is a copy. Throws on the first
    /// field that does not fit, on bytes left over, and on a version that is not advertised.
    package init(reading buffer: inout ByteBuffer, version: Int16) throws(KafkaWireError) {
        guard APIVersionTable.advertised(Self.key).contains(version) else {
            throw KafkaWireError(.unsupportedVersion(version), at: 0)
        }
        var fields = RequestFields(buffer)
        try self.init(&fields, version: version)
        try fields.finish()
        buffer = fields.rest
    }
}
