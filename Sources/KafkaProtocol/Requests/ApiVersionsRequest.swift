/// ApiVersions (18): what this broker speaks; the only flexible request read. Source: contracts/kafka.md §2.
package struct ApiVersionsRequest: KafkaRequest {
    package static let key = APIKey.apiVersions

    /// Version 3; for display only.
    package var clientSoftwareName: String
    /// Version 3; for display only.
    package var clientSoftwareVersion: String
}

extension ApiVersionsRequest {
    package init(_ fields: inout RequestFields, version: Int16) throws(KafkaWireError) {
        self.clientSoftwareName = version >= 3 ? try fields.compactString() : ""
        self.clientSoftwareVersion = version >= 3 ? try fields.compactString() : ""
        if version >= 3 { try fields.skipTags() }
    }
}
