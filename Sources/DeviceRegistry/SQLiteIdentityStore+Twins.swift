import FoundationEssentials
import GRDB
import TelemetryJSON
package import TelemetryModel
import TwinModel

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
                    try SQLiteIdentityStore.insert(
                        .twinChange(change, of: write.id, leadingTo: stored.twin, by: write.author),
                        in: database
                    )
                }
                return .success(TwinOutcome(stored: stored, change: change))
            }
        }
    }

    package func twins(after id: IdentityID?, limit: Int) throws(RegistryError) -> [StoredTwin] {
        try self.read { database in
            let rows = try IdentityRow.fetchAll(
                try database.cachedStatement(
                    sql: "SELECT * FROM identity WHERE (device, module) > (?, ?) ORDER BY device, module LIMIT ?"
                ),
                arguments: [id?.device ?? "", id?.module ?? "", limit]
            )
            return try rows.map { row in
                let identity = try SQLiteIdentityStore.identity(of: row)
                return StoredTwin(identity: identity, twin: try SQLiteIdentityStore.twin(of: identity, in: database))
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
        let identity = try self.identity(of: row)
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
            return try Twin(
                storedVersion: row[0],
                tags: try self.bytes(of: row, 2),
                desired: try self.bytes(of: row, 3),
                reported: try self.bytes(of: row, 4),
                modelID: row[1]
            )
        } catch let error as StoredTwinError {
            throw RegistryError.storage("the twin of \(identity.id) cannot be read: \(error)")
        }
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
                id.device, id.module ?? "", twin.version, twin.modelID, Data(twin.storedTags),
                Data(twin.desired.stored), Data(twin.reported.stored),
            ]
        )
    }

    static func bytes(of row: Row, _ index: Int) throws -> [UInt8] {
        try row.withUnsafeData(atIndex: index) { Array($0 ?? Data()) }
    }
}
