import FoundationEssentials
import GRDB
import TelemetryJSON
package import TelemetryModel
package import TwinModel

extension SQLiteIdentityStore: TwinStore {
    package func twin(_ id: IdentityID) throws(RegistryError) -> StoredTwin? {
        try self.read { database in try SQLiteIdentityStore.storedTwin(id, in: database) }
    }

    package func apply(_ writes: [TwinWrite]) throws(RegistryError) -> [Result<TwinOutcome, TwinRefusal>] {
        try self.write { database in
            try writes.map { write in
                guard var stored = try SQLiteIdentityStore.storedTwin(write.id, in: database) else {
                    return .failure(.notFound(write.id))
                }
                let before = stored.twin
                let change: TwinChange?
                do throws(TwinError) {
                    change = try SQLiteIdentityStore.carryOut(write, on: &stored.twin)
                } catch {
                    return .failure(.refused(error))
                }
                guard stored.twin != before else {
                    return .success(TwinOutcome(stored: stored, change: change))
                }
                try SQLiteIdentityStore.save(stored.twin, of: write.id, in: database)
                try TagIndex.update(from: before.tags, to: stored.twin.tags, of: write.id, in: database)
                if let change {
                    let event = HubEvent(
                        topic: "twin-changes",
                        source: "twinChangeEvents",
                        schema: "twinChangeNotification",
                        operation: change.operation,
                        id: write.id,
                        at: write.at,
                        value: TwinRecord(author: write.author, change: change).value(of: write.id, after: stored.twin)
                    )
                    try SQLiteIdentityStore.insert(event, in: database)
                }
                return .success(TwinOutcome(stored: stored, change: change))
            }
        }
    }

    private static func carryOut(_ write: TwinWrite, on twin: inout Twin) throws(TwinError) -> TwinChange? {
        switch write.kind {
        case .update(let patch, let condition): return try twin.update(patch, ifMatch: condition, at: write.at)
        case .replace(let patch, let condition): return try twin.replace(patch, ifMatch: condition, at: write.at)
        case .report(let patch, let version): return try twin.report(patch, ifVersion: version, at: write.at)
        case .model(let id):
            twin.modelID = id
            return nil
        }
    }

    /// An identity with its twin, which has no row as long as nobody wrote it.
    static func storedTwin(_ id: IdentityID, in database: Database) throws -> StoredTwin? {
        guard let row = try IdentityRow.fetch(id, in: database) else { return nil }
        guard let identity = row.identity else {
            throw RegistryError.storage("the row of \(id) cannot be read: was the file written by a later version?")
        }
        return StoredTwin(identity: identity, twin: try self.twin(of: identity, in: database))
    }

    static func twin(of identity: DeviceIdentity, in database: Database) throws -> Twin {
        let statement = try database.cachedStatement(
            sql: "SELECT version, model, tags, desired, reported FROM twin WHERE device = ? AND module = ?"
        )
        let rows = try Row.fetchCursor(
            statement,
            arguments: [identity.id.device, identity.id.module ?? ""]
        )
        guard let row = try rows.next() else { return Twin(createdAt: identity.createdTime) }
        do {
            return try self.twin(of: row)
        } catch let error as StoredTwinError {
            throw RegistryError.storage("the twin of \(identity.id) cannot be read: \(error)")
        }
    }

    /// The twin of a row with version, model, tags, desired and reported, in this order.
    private static func twin(of row: Row) throws -> Twin {
        Twin(
            version: row[0],
            tags: try self.tags(try self.bytes(of: row, 2)),
            desired: try TwinSection(stored: try self.bytes(of: row, 3)),
            reported: try TwinSection(stored: try self.bytes(of: row, 4)),
            modelID: row[1]
        )
    }

    private static func tags(_ bytes: [UInt8]) throws -> JSONObject {
        guard case .object(let tags) = try JSONValue(parsing: bytes) else {
            throw StoredTwinError("tags that are no JSON object")
        }
        return tags
    }

    /// Writes the twin's row; of an identity that exists.
    static func save(_ twin: Twin, of id: IdentityID, in database: Database) throws {
        let statement = try database.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO twin (device, module, version, model, tags, desired, reported)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """
        )
        try statement.execute(
            arguments: [
                id.device, id.module ?? "", twin.version, twin.modelID, Data(twin.tags.bytes),
                Data(twin.desired.stored), Data(twin.reported.stored),
            ]
        )
    }

    /// Removes the twin, of a device also those of its modules.
    static func deleteTwins(of id: IdentityID, in database: Database) throws {
        let whose = id.module == nil ? "device = ?" : "device = ? AND module = ?"
        let arguments: StatementArguments = id.module.map { [id.device, $0] } ?? [id.device]
        let rows = try Row.fetchAll(
            database,
            sql: "SELECT module, tags FROM twin WHERE \(whose)",
            arguments: arguments
        )
        for row in rows {
            let module: String = row[0]
            guard let owner = IdentityID(device: id.device, module: module.isEmpty ? nil : module) else { continue }
            let tags = try self.tags(try self.bytes(of: row, 1))
            try TagIndex.update(from: tags, to: [:], of: owner, in: database)
        }
        try database.execute(sql: "DELETE FROM twin WHERE \(whose)", arguments: arguments)
    }

    static func bytes(of row: Row, _ index: Int) throws -> [UInt8] {
        try row.withUnsafeData(at: index) { Array($0 ?? Data()) }
    }
}
