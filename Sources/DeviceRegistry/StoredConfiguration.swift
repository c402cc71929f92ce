package import TelemetryModel

/// A configuration (automatic device management) as the registry keeps it.
package struct StoredConfiguration: Equatable, Sendable {
    package var id: String
    /// New with each update, bare.
    package var etag: String
    /// Labels, content, condition, priority and metric queries, JSON.
    package var body: [UInt8]
    package var createdTime: Timestamp
    package var updatedTime: Timestamp
    /// What its metric queries last gave, JSON; empty before that.
    package var results: [UInt8]

    /// A configuration that nobody has stored.
    package init(id: String, body: [UInt8], createdTime: Timestamp) {
        self.id = id
        self.etag = ""
        self.body = body
        self.createdTime = createdTime
        self.updatedTime = createdTime
        self.results = []
    }
}
