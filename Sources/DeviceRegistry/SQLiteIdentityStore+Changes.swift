import GRDB
import TelemetryJSON
import TelemetryModel
import TwinModel

extension SQLiteIdentityStore {
    /// One entry inside a transaction; what it refuses, it refuses before it writes.
    ///
    /// - Throws: `RegistryError`, or `EntryRefusal` for the twin's part.
    static func carryOut(_ entry: RegistryEntry, at now: Timestamp, in database: Database) throws -> StoredTwin? {
        let id = entry.identity.id
        let current = try IdentityRow.fetch(id, in: database)
        let condition = entry.etag.map(EntityTagCondition.etag) ?? .any
        switch entry.mode {
        case .create:
            guard current == nil else { throw RegistryError.alreadyExists(id) }
            return try self.make(entry, at: now, in: database)
        case .update:
            return try self.replace(try self.checked(current, of: id), with: entry, at: now, in: database)
        case .updateIfMatchETag:
            let row = try self.checked(current, of: id, against: condition)
            return try self.replace(row, with: entry, at: now, in: database)
        case .createOrUpdate:
            guard let current else { return try self.make(entry, at: now, in: database) }
            return try self.replace(current, with: entry, at: now, in: database)
        case .createOrUpdateIfMatchETag:
            guard current != nil else { return try self.make(entry, at: now, in: database) }
            let row = try self.checked(current, of: id, against: condition)
            return try self.replace(row, with: entry, at: now, in: database)
        case .delete:
            try self.delete(try self.checked(current, of: id), of: entry, at: now, in: database)
            return nil
        case .deleteIfMatchETag:
            let row = try self.checked(current, of: id, against: condition)
            try self.delete(row, of: entry, at: now, in: database)
            return nil
        case .updateTwin, .updateTwinIfMatchETag:
            let identity = try self.identity(of: try self.checked(current, of: id))
            let (twin, change) = try self.rewritten(identity, as: entry, at: now, in: database)
            try self.save(change, by: entry.author, leadingTo: twin, of: id, in: database)
            return StoredTwin(identity: identity, twin: twin)
        }
    }

    private static func checked(
        _ row: IdentityRow?,
        of id: IdentityID,
        against condition: EntityTagCondition = .any
    ) throws -> IdentityRow {
        guard let row else { throw RegistryError.notFound(id) }
        guard condition.isMet(by: row.etag) else { throw RegistryError.preconditionFailed(id) }
        return row
    }

    private static func make(_ entry: RegistryEntry, at now: Timestamp, in database: Database) throws -> StoredTwin {
        var identity = entry.identity
        try self.checkPlace(for: identity.id, in: database)
        identity.generationID = IdentityRow.makeGeneration(at: now)
        identity.etag = IdentityRow.makeETag()
        identity.statusUpdatedTime = nil
        let twin: Twin
        do throws(TwinError) {
            twin = try Twin(createdAt: identity.createdTime, content: entry.twin ?? TwinPatch())
        } catch {
            throw EntryRefusal.twin(error)
        }
        try IdentityRow(identity).insert(database)
        if entry.twin != nil {
            try self.save(twin, of: identity.id, in: database)
            try TagIndex.update(from: [:], to: twin.tags, of: identity.id, in: database)
        }
        try self.insert(.lifecycle(.created, identity.id, twin: twin, by: entry.author, at: now), in: database)
        return StoredTwin(identity: identity, twin: twin)
    }

    private static func replace(
        _ old: IdentityRow,
        with entry: RegistryEntry,
        at now: Timestamp,
        in database: Database
    ) throws -> StoredTwin {
        var identity = entry.identity
        identity.generationID = old.generation
        identity.etag = IdentityRow.makeETag()
        identity.statusUpdatedTime =
            old.status == identity.status.rawValue
            ? old.statusUpdatedMilliseconds.map(Timestamp.init(milliseconds:)) : now
        let (twin, change) = try self.rewritten(identity, as: entry, at: now, in: database)
        try IdentityRow(identity).update(database)
        try self.save(change, by: entry.author, leadingTo: twin, of: identity.id, in: database)
        return StoredTwin(identity: identity, twin: twin)
    }

    /// The twin of an identity that is there, with the sections that the entry gives; nothing is written yet.
    private static func rewritten(
        _ identity: DeviceIdentity,
        as entry: RegistryEntry,
        at now: Timestamp,
        in database: Database
    ) throws -> (twin: Twin, change: (from: JSONObject, TwinChange)?) {
        var twin = try self.twin(of: identity, in: database)
        guard var content = entry.twin, content.tags != nil || content.desired != nil else { return (twin, nil) }
        let before = twin.tags
        do throws(TwinError) {
            // A replacement empties the tags that it does not name.
            if content.tags == nil { content.tags = try SectionPatch(.object(before), for: .tags) }
            let condition = entry.twinETag.map(EntityTagCondition.etag) ?? .any
            let change = try twin.replace(content, ifMatch: condition, at: now)
            return (twin, (before, change))
        } catch {
            throw EntryRefusal.twin(error)
        }
    }

    private static func save(
        _ change: (from: JSONObject, TwinChange)?,
        by author: String,
        leadingTo twin: Twin,
        of id: IdentityID,
        in database: Database
    ) throws {
        guard let (before, change) = change else { return }
        try self.save(twin, of: id, in: database)
        try TagIndex.update(from: before, to: twin.tags, of: id, in: database)
        try self.insert(.twinChange(change, of: id, leadingTo: twin, by: author), in: database)
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

    /// Removes an identity with all that is kept for it, of a device first its modules.
    private static func delete(
        _ row: IdentityRow,
        of entry: RegistryEntry,
        at now: Timestamp,
        in database: Database
    ) throws {
        let id = entry.identity.id
        var rows = [row]
        if id.module == nil {
            rows =
                try IdentityRow.fetchAll(
                    database,
                    sql: "SELECT * FROM identity WHERE device = ? AND module <> '' ORDER BY module",
                    arguments: [id.device]
                ) + rows
        }
        try self.deleteSessions(of: .identity(id), in: database)
        if id.module == nil {
            _ = try self.purge(row, author: entry.author, at: now, in: database)
        }
        for row in rows {
            let identity = try self.identity(of: row)
            let twin = try self.twin(of: identity, in: database)
            try TagIndex.update(from: twin.tags, to: [:], of: identity.id, in: database)
            for table in ["twin", "identity"] {
                try database.cachedStatement(sql: "DELETE FROM \(table) WHERE device = ? AND module = ?")
                    .execute(arguments: [row.device, row.module])
            }
            try self.insert(.lifecycle(.deleted, identity.id, twin: twin, by: entry.author, at: now), in: database)
        }
    }

    /// The identity of a row.
    static func identity(of row: IdentityRow) throws(RegistryError) -> DeviceIdentity {
        guard let identity = row.identity else {
            // Not "unknown": a device that is told so gives up for good.
            let id = row.module.isEmpty ? row.device : "\(row.device)/\(row.module)"
            throw RegistryError.storage("the row of \(id) cannot be read: was the file written by a later version?")
        }
        return identity
    }
}
