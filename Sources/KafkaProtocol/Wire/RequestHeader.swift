package import NIOCore

/// What every request begins with. Source: contracts/kafka.md §1.
///
/// ```
/// api_key i16 │ api_version i16 │ correlation_id i32 │ client_id string? │ v2, flexible requests only: tags
/// ```
package struct RequestHeader: Equatable, Sendable {
    /// The request's number as it came; ``api`` when it is one of ours.
    package var key: Int16
    /// The version as it came, not yet compared with what is advertised.
    package var version: Int16
    /// Echoed in the answer.
    package var correlationID: Int32
    /// What the client calls itself; for display only.
    package var clientID: String?

    /// The request, when this broker knows it.
    package var api: APIKey? { APIKey(rawValue: self.key) }

    /// A header.
    package init(key: Int16, version: Int16, correlationID: Int32, clientID: String?) {
        self.key = key
        self.version = version
        self.correlationID = correlationID
        self.clientID = clientID
    }

    /// Reads the header from the front of a frame, which then stands at the body.
    ///
    /// Of a request of a flexible version that is not advertised the tags are left: nobody reads its body.
    package init(reading frame: inout ByteBuffer) throws(KafkaWireError) {
        var fields = RequestFields(frame)
        self.key = try fields.integer()
        self.version = try fields.integer()
        self.correlationID = try fields.integer()
        self.clientID = try fields.nullableString()
        if let api = self.api, APIVersionTable.isFlexible(api, version: self.version) { try fields.skipTags() }
        frame = fields.rest
    }
}
