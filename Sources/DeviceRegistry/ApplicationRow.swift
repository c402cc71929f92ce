import GRDB
import TelemetryModel

/// The row of table `application`.
struct ApplicationRow: Codable, FetchableRecord, PersistableRecord {
    static let databaseTableName = "application"

    var name: String
    var generation: String
    var etag: String
    var status: String
    var thumbprint: String?
    var password: String?
    var topics: String?
    var limits: String?

    init(_ application: ApplicationIdentity) {
        self.name = application.name
        self.generation = application.generationID
        self.etag = application.etag
        self.status = application.status.rawValue
        self.thumbprint = application.thumbprint?.hex
        let access = AccessColumns(application.access)
        self.password = access.password
        self.topics = access.topics
        self.limits = access.limits
    }

    /// The application; `nil` only for a row that nobody here wrote.
    var application: ApplicationIdentity? {
        guard let status = DeviceIdentity.Status(rawValue: self.status),
            let access = AccessColumns(password: self.password, topics: self.topics, limits: self.limits).access
        else { return nil }
        var application = ApplicationIdentity(
            name: self.name,
            status: status,
            thumbprint: self.thumbprint.flatMap { Thumbprint($0) },
            access: access
        )
        application.generationID = self.generation
        application.etag = self.etag
        return application
    }

    static func fetch(_ name: String, in database: Database) throws -> ApplicationRow? {
        try ApplicationRow.fetchOne(
            try database.cachedStatement(sql: "SELECT * FROM application WHERE name = ?"),
            arguments: [name]
        )
    }
}
