import FoundationEssentials
import GRDB
import TelemetryJSON
package import TelemetryModel

extension SQLiteIdentityStore: ConfigurationStore {
    package func configurations() throws(RegistryError) -> [StoredConfiguration] {
        try self.read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM configuration ORDER BY id")
                .map(SQLiteIdentityStore.configuration)
        }
    }

    package func add(
        _ configuration: StoredConfiguration,
        limit: Int,
        event: HubEvent
    ) throws(ConfigurationRefusal) -> StoredConfiguration {
        try self.changing { database in
            if try SQLiteIdentityStore.configuration(configuration.id, in: database) != nil {
                throw ConfigurationRefusal.alreadyExists
            }
            let count = try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM configuration") ?? 0
            guard count < limit else { throw ConfigurationRefusal.tooMany }
            var stored = configuration
            stored.etag = IdentityRow.makeETag()
            try SQLiteIdentityStore.save(stored, in: database)
            try SQLiteIdentityStore.insert(event, in: database)
            return stored
        }
    }

    package func update(
        _ id: String,
        body: [UInt8],
        etag: String?,
        at now: Timestamp,
        event: HubEvent
    ) throws(ConfigurationRefusal) -> StoredConfiguration {
        try self.changing { database in
            var stored = try SQLiteIdentityStore.existing(id, etag: etag, in: database)
            stored.body = body
            stored.etag = IdentityRow.makeETag()
            stored.updatedTime = now
            try SQLiteIdentityStore.save(stored, in: database)
            try SQLiteIdentityStore.insert(event, in: database)
            return stored
        }
    }

    package func deleteConfiguration(
        _ id: String,
        etag: String?,
        event: HubEvent
    ) throws(ConfigurationRefusal) {
        try self.changing { database in
            _ = try SQLiteIdentityStore.existing(id, etag: etag, in: database)
            try database.execute(sql: "DELETE FROM configuration WHERE id = ?", arguments: [id])
            try SQLiteIdentityStore.insert(event, in: database)
        }
    }

    package func setResults(_ results: [String: [UInt8]]) throws(RegistryError) {
        try self.write { database in
            for (id, bytes) in results {
                try database.execute(
                    sql: "UPDATE configuration SET results = ? WHERE id = ?",
                    arguments: [Data(bytes), id]
                )
            }
        }
    }

    package func targetCounts(of id: String) throws(RegistryError) -> (targeted: Int, applied: Int) {
        try self.read { database in
            let row = try Row.fetchOne(
                database,
                sql: "SELECT COUNT(*), COALESCE(SUM(isApplied), 0) FROM configurationTarget WHERE configuration = ?",
                arguments: [id]
            )
            return (row?[0] ?? 0, row?[1] ?? 0)
        }
    }

    package func targets(
        after target: ConfigurationTarget?,
        limit: Int
    ) throws(RegistryError) -> [ConfigurationTarget] {
        try self.read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT device, module, configuration, isApplied, held FROM configurationTarget
                    WHERE (device, module, configuration) > (?, ?, ?) ORDER BY device, module, configuration LIMIT ?
                    """,
                arguments: [target?.id.device ?? "", target?.id.module ?? "", target?.configuration ?? "", limit]
            ).compactMap(SQLiteIdentityStore.target)
        }
    }

    package func targets(of id: IdentityID) throws(RegistryError) -> [ConfigurationTarget] {
        try SQLiteIdentityStore.translated {
            // Reentrant: a query asks for them row by row on the connection that it reads with.
            try self.database.unsafeReentrantRead { database in
                let rows = try Row.fetchAll(
                    try database.cachedStatement(
                        sql: """
                            SELECT device, module, configuration, isApplied, held FROM configurationTarget
                            WHERE device = ? AND module = ? ORDER BY configuration
                            """
                    ),
                    arguments: [id.device, id.module ?? ""]
                )
                return try rows.compactMap(SQLiteIdentityStore.target)
            }
        }
    }

    package func change(
        targets: [ConfigurationTarget],
        removing removed: [(id: IdentityID, configuration: String)]
    ) throws(RegistryError) {
        try self.write { database in
            let save = try database.cachedStatement(
                sql: """
                    INSERT OR REPLACE INTO configurationTarget (device, module, configuration, isApplied, held)
                    SELECT device, module, ?3, ?4, ?5 FROM identity WHERE device = ?1 AND module = ?2
                    """
            )
            for target in targets {
                try save.execute(
                    arguments: [
                        target.id.device, target.id.module ?? "", target.configuration, target.isApplied,
                        Data(target.held.bytes),
                    ]
                )
            }
            let remove = try database.cachedStatement(
                sql: "DELETE FROM configurationTarget WHERE device = ? AND module = ? AND configuration = ?"
            )
            for (id, configuration) in removed {
                try remove.execute(arguments: [id.device, id.module ?? "", configuration])
            }
        }
    }

    // MARK: Private

    private func changing<Value>(_ body: (Database) throws -> Value) throws(ConfigurationRefusal) -> Value {
        do {
            return try self.database.write(body)
        } catch let refusal as ConfigurationRefusal {
            throw refusal
        } catch let error as RegistryError {
            throw .registry(error)
        } catch {
            throw .registry(.storage("\(error)"))
        }
    }

    private static func existing(_ id: String, etag: String?, in database: Database) throws -> StoredConfiguration {
        guard let stored = try self.configuration(id, in: database) else { throw ConfigurationRefusal.notFound }
        if let etag, etag != stored.etag { throw ConfigurationRefusal.preconditionFailed }
        return stored
    }

    private static func configuration(_ id: String, in database: Database) throws -> StoredConfiguration? {
        try Row.fetchOne(database, sql: "SELECT * FROM configuration WHERE id = ?", arguments: [id])
            .map(self.configuration)
    }

    private static func configuration(_ row: Row) -> StoredConfiguration {
        let body: Data = row["body"]
        let results: Data? = row["results"]
        var configuration = StoredConfiguration(
            id: row["id"],
            body: Array(body),
            createdTime: Timestamp(milliseconds: row["createdMilliseconds"])
        )
        configuration.etag = row["etag"]
        configuration.updatedTime = Timestamp(milliseconds: row["updatedMilliseconds"])
        configuration.results = results.map { Array($0) } ?? []
        return configuration
    }

    private static func save(_ configuration: StoredConfiguration, in database: Database) throws {
        try database.execute(
            sql: """
                INSERT INTO configuration (id, etag, body, createdMilliseconds, updatedMilliseconds)
                VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (id) DO UPDATE SET etag = excluded.etag, body = excluded.body,
                    updatedMilliseconds = excluded.updatedMilliseconds
                """,
            arguments: [
                configuration.id, configuration.etag, Data(configuration.body),
                configuration.createdTime.milliseconds, configuration.updatedTime.milliseconds,
            ]
        )
    }

    /// `nil` for a row whose id is none.
    private static func target(_ row: Row) throws -> ConfigurationTarget? {
        let module: String = row[1]
        let bytes: [UInt8] = try row.withUnsafeData(atIndex: 4) { Array($0 ?? Data()) }
        guard let id = IdentityID(device: row[0] as String, module: module.isEmpty ? nil : module),
            case .object(let held) = try JSONValue(parsing: bytes)
        else { return nil }
        return ConfigurationTarget(id: id, configuration: row[2], isApplied: row[3], held: held)
    }
}
