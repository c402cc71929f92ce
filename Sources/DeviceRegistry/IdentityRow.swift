import FoundationEssentials
import GRDB
import TelemetryModel

/// The row of table `identity`.
struct IdentityRow: Codable, FetchableRecord, PersistableRecord {
    static let databaseTableName = "identity"

    var device: String
    /// Empty for the device itself.
    var module: String
    var generation: String
    var etag: String
    var status: String
    var statusReason: String?
    var statusUpdatedMilliseconds: Int64?
    var primaryKey: String
    var secondaryKey: String
    var kind: String
    var primaryThumbprint: String?
    var secondaryThumbprint: String?
    var managedBy: String?
    var password: String?
    /// JSON; NULL = none.
    var topics: String?
    /// JSON; NULL = the configuration's.
    var limits: String?
    var isEdge: Bool

    init(_ identity: DeviceIdentity) {
        self.device = identity.id.device
        self.module = identity.id.module ?? ""
        self.generation = identity.generationID
        self.etag = identity.etag
        self.status = identity.status.rawValue
        self.statusReason = identity.statusReason
        self.statusUpdatedMilliseconds = identity.statusUpdatedTime?.milliseconds
        self.primaryKey = identity.primaryKey
        self.secondaryKey = identity.secondaryKey
        self.kind = identity.kind.rawValue
        self.primaryThumbprint = identity.primaryThumbprint?.hex
        self.secondaryThumbprint = identity.secondaryThumbprint?.hex
        self.managedBy = identity.managedBy
        let access = AccessColumns(identity.access)
        self.password = access.password
        self.topics = access.topics
        self.limits = access.limits
        self.isEdge = identity.isEdge
    }

    /// The identity; `nil` only for a row that nobody here wrote.
    var identity: DeviceIdentity? {
        guard let id = IdentityID(device: self.device, module: self.module.isEmpty ? nil : self.module),
            let status = DeviceIdentity.Status(rawValue: self.status),
            let kind = AuthenticationKind(rawValue: self.kind),
            let access = AccessColumns(password: self.password, topics: self.topics, limits: self.limits).access
        else { return nil }
        var identity = DeviceIdentity(
            id: id,
            status: status,
            statusReason: self.statusReason,
            kind: kind,
            primaryKey: self.primaryKey,
            secondaryKey: self.secondaryKey,
            primaryThumbprint: self.primaryThumbprint.flatMap { Thumbprint($0) },
            secondaryThumbprint: self.secondaryThumbprint.flatMap { Thumbprint($0) },
            access: access
        )
        identity.generationID = self.generation
        identity.etag = self.etag
        identity.statusUpdatedTime = self.statusUpdatedMilliseconds.map(Timestamp.init(milliseconds:))
        identity.managedBy = self.managedBy
        identity.isEdge = self.isEdge
        return identity
    }

    static func fetch(_ id: IdentityID, in database: Database) throws -> IdentityRow? {
        try IdentityRow.fetchOne(
            try database.cachedStatement(sql: "SELECT * FROM identity WHERE device = ? AND module = ?"),
            arguments: [id.device, id.module ?? ""]
        )
    }

    /// A new etag: base64 of six random bytes, eight characters.
    static func makeETag() -> String {
        Data((0..<6).map { _ in UInt8.random(in: .min ... .max) }).base64EncodedString()
    }

    /// A new generation: nanoseconds with random low digits, so that one made again in the same millisecond differs.
    static func makeGeneration(at now: Timestamp) -> String {
        "\(now.milliseconds * 1_000_000 + .random(in: 0..<1_000_000))"
    }
}
