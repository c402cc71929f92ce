import GRDB
import TelemetryModel
import TwinModel

extension SQLiteIdentityStore {
    /// One change of the applications inside a transaction.
    static func carryOut(
        _ change: ApplicationChange,
        at now: Timestamp,
        in database: Database
    ) throws -> ApplicationIdentity? {
        let current = try ApplicationRow.fetch(change.name, in: database)
        switch change {
        case .create(let wanted):
            guard current == nil else { throw RegistryError.applicationExists(wanted.name) }
            if let device = IdentityID(device: wanted.name), try IdentityRow.fetch(device, in: database) != nil {
                throw RegistryError.nameTaken(wanted.name)
            }
            var application = wanted
            application.generationID = IdentityRow.makeGeneration(at: now)
            application.etag = IdentityRow.makeETag()
            try ApplicationRow(application).insert(database)
            return application
        case .update(let wanted, let condition):
            let row = try self.checked(current, named: wanted.name, against: condition)
            var application = wanted
            application.generationID = row.generation
            application.etag = IdentityRow.makeETag()
            try ApplicationRow(application).update(database)
            return application
        case .delete(let name, let condition):
            _ = try self.checked(current, named: name, against: condition)
            try self.deleteSessions(of: .application(name), in: database)
            try database.execute(sql: "DELETE FROM application WHERE name = ?", arguments: [name])
            return nil
        }
    }

    private static func checked(
        _ row: ApplicationRow?,
        named name: String,
        against condition: EntityTagCondition
    ) throws -> ApplicationRow {
        guard let row else { throw RegistryError.applicationNotFound(name) }
        guard condition.isMet(by: row.etag) else { throw RegistryError.applicationPreconditionFailed(name) }
        return row
    }
}
