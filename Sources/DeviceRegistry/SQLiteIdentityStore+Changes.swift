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
        guard condition.holds(for: row.etag) else { throw RegistryError.preconditionFailed(id) }
        return row
    }

    private static func write(
        _ wanted: DeviceIdentity,
        replacing old: IdentityRow?,
        at now: Timestamp,
        in database: Database
    ) throws -> DeviceIdentity {
        var identity = wanted
        if old == nil { try self.checkPlace(for: identity.id, in: database) }
        identity.generationID = old?.generation ?? IdentityRow.makeGeneration(at: now)
        identity.etag = IdentityRow.makeETag()
        let statusChanged = old.map { $0.status != wanted.status.rawValue } ?? false
        identity.statusUpdatedTime =
            statusChanged ? now : old?.statusUpdatedMilliseconds.map(Timestamp.init(milliseconds:))
        let row = IdentityRow(identity)
        if old == nil { try row.insert(database) } else { try row.update(database) }
        return identity
    }

    /// Whether a new identity may have its place: a module's device has room, and no application has the name.
    private static func checkPlace(for id: IdentityID, in database: Database) throws {
        if let device = id.module == nil ? nil : IdentityID(device: id.device) {
            guard try IdentityRow.fetch(device, in: database) != nil else { throw RegistryError.notFound(device) }
            let count = try Int.fetchOne(
                database,
                sql: "SELECT COUNT(*) FROM identity WHERE device = ? AND module <> ''",
                arguments: [id.device]
            )
            guard (count ?? 0) < SQLiteIdentityStore.modulesMax else { throw RegistryError.tooManyModules(device) }
        } else {
            guard try ApplicationRow.fetch(id.device, in: database) == nil else {
                throw RegistryError.nameTaken(id.device)
            }
        }
    }

    private static func delete(_ id: IdentityID, in database: Database) throws {
        try self.deleteSessions(of: .identity(id), in: database)
        try self.deleteTwins(of: id, in: database)
        if let module = id.module {
            try database.execute(
                sql: "DELETE FROM identity WHERE device = ? AND module = ?",
                arguments: [id.device, module]
            )
        } else {
            try database.execute(sql: "DELETE FROM identity WHERE device = ?", arguments: [id.device])
        }
    }
}

extension ETagCondition {
    /// Whether what is stored meets the condition.
    func holds(for etag: String) -> Bool {
        switch self {
        case .exists: true
        case .equals(let wanted): wanted == etag
        }
    }
}
