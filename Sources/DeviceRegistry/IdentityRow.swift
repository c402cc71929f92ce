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
    }

    /// The identity; `nil` only for a row that nobody here wrote.
    var identity: DeviceIdentity? {
        guard let id = IdentityID(device: self.device, module: self.module.isEmpty ? nil : self.module),
            let status = DeviceIdentity.Status(rawValue: self.status)
        else { return nil }
        var identity = DeviceIdentity(
            id: id,
            status: status,
            statusReason: self.statusReason,
            primaryKey: self.primaryKey,
            secondaryKey: self.secondaryKey
        )
        identity.generationID = self.generation
        identity.etag = self.etag
        identity.statusUpdatedTime = self.statusUpdatedMilliseconds.map(Timestamp.init(milliseconds:))
        return identity
    }

    static func fetch(_ id: IdentityID, in database: Database) throws -> IdentityRow? {
        try IdentityRow.fetchOne(
            database,
            sql: "SELECT * FROM identity WHERE device = ? AND module = ?",
            arguments: [id.device, id.module ?? ""]
        )
    }

    /// A new etag: base64 of six random bytes, eight characters.
    static func makeETag() -> String {
        Data((0..<6).map { _ in UInt8.random(in: .min ... .max) }).base64EncodedString()
    }
}
