import GRDB
import TelemetryModel

extension SQLiteIdentityStore {
    /// One change inside a transaction.
    static func carryOut(
        _ change: RegistryChange,
        at now: Timestamp,
        in database: Database
    ) throws(RegistryError) -> DeviceIdentity? {
        do {
            let current = try IdentityRow.fetch(change.id, in: database)
            switch change {
            case .create(let wanted):
                guard current == nil else { throw RegistryError.alreadyExists(wanted.id) }
                return try self.write(wanted, replacing: nil, at: now, in: database)
            case .update(let wanted, let condition):
                let row = try self.checked(current, of: wanted.id, against: condition)
                return try self.write(wanted, replacing: row, at: now, in: database)
            case .createOrUpdate(let wanted):
                return try self.write(wanted, replacing: current, at: now, in: database)
            case .delete(let id, let condition):
                _ = try self.checked(current, of: id, against: condition)
                try self.delete(id, in: database)
                return nil
            }
        } catch let error as RegistryError {
            throw error
        } catch {
            throw .storage("\(error)")
        }
    }

    private static func checked(
        _ row: IdentityRow?,
        of id: IdentityID,
        against condition: ETagCondition
    ) throws -> IdentityRow {
        guard let row else { throw RegistryError.notFound(id) }
        switch condition {
        case .exists: break
        case .equals(let etag):
            guard row.etag == etag else { throw RegistryError.preconditionFailed(id) }
        }
        return row
    }

    private static func write(
        _ wanted: DeviceIdentity,
        replacing old: IdentityRow?,
        at now: Timestamp,
        in database: Database
    ) throws -> DeviceIdentity {
        var identity = wanted
        if identity.id.module != nil, let device = IdentityID(device: identity.id.device) {
            guard try IdentityRow.fetch(device, in: database) != nil else { throw RegistryError.notFound(device) }
        }
        // Nanoseconds with random low digits: a generation made again in the same millisecond still differs.
        identity.generationID = old?.generation ?? "\(now.milliseconds * 1_000_000 + .random(in: 0..<1_000_000))"
        identity.etag = IdentityRow.makeETag()
        let statusChanged = old.map { $0.status != wanted.status.rawValue } ?? false
        identity.statusUpdatedTime =
            statusChanged ? now : old?.statusUpdatedMilliseconds.map(Timestamp.init(milliseconds:))
        try IdentityRow(identity).save(database)
        return identity
    }

    private static func delete(_ id: IdentityID, in database: Database) throws {
        for table in ["identity", "session"] {
            if let module = id.module {
                try database.execute(
                    sql: "DELETE FROM \(table) WHERE device = ? AND module = ?",
                    arguments: [id.device, module]
                )
            } else {
                try database.execute(sql: "DELETE FROM \(table) WHERE device = ?", arguments: [id.device])
            }
        }
    }
}
