import GRDB
package import TelemetryModel

/// The registry in one SQLite file, WAL, `synchronous=FULL`: a change is on the disk when its call returns.
///
/// - A device is the row with module `''`; its modules sort behind it.
/// - Deleting a device deletes its modules and the sessions of all of them.
package final class SQLiteIdentityStore: IdentityStore {
    private let database: DatabasePool
    private let now: @Sendable () -> Timestamp

    /// Opens or makes the registry.
    ///
    /// - Parameters:
    ///   - path: the file; `-wal` and `-shm` stand beside it.
    ///   - now: wall time.
    /// - Throws: `RegistryError.storage`.
    package init(path: String, now: @escaping @Sendable () -> Timestamp) throws(RegistryError) {
        self.now = now
        self.database = try SQLiteIdentityStore.translated {
            var configuration = Configuration()
            configuration.label = "registry"
            configuration.busyMode = .timeout(5)
            configuration.prepareDatabase { database in
                try database.execute(sql: "PRAGMA synchronous = FULL")
            }
            let database = try DatabasePool(path: path, configuration: configuration)
            try SQLiteIdentityStore.migrator.migrate(database)
            return database
        }
    }

    private static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 identities and sessions") { database in
            try database.execute(
                sql: """
                    CREATE TABLE identity (
                        device TEXT NOT NULL, module TEXT NOT NULL,
                        generation TEXT NOT NULL, etag TEXT NOT NULL,
                        status TEXT NOT NULL, statusReason TEXT, statusUpdatedMilliseconds INTEGER,
                        primaryKey TEXT NOT NULL, secondaryKey TEXT NOT NULL,
                        PRIMARY KEY (device, module)
                    ) WITHOUT ROWID;
                    CREATE TABLE session (
                        device TEXT NOT NULL, module TEXT NOT NULL, subscriptions TEXT NOT NULL,
                        PRIMARY KEY (device, module)
                    ) WITHOUT ROWID;
                    """
            )
        }
        return migrator
    }

    package func apply(
        _ changes: [RegistryChange]
    ) throws(RegistryError) -> [Result<DeviceIdentity?, RegistryError>] {
        let now = self.now()
        return try SQLiteIdentityStore.translated {
            try self.database.write { database in
                try changes.map { change in
                    do throws(RegistryError) {
                        return .success(try SQLiteIdentityStore.carryOut(change, at: now, in: database))
                    } catch {
                        // A refusal is this change's own outcome; a fault of the database undoes all of them.
                        if case .storage = error { throw error }
                        return .failure(error)
                    }
                }
            }
        }
    }

    package func identity(_ id: IdentityID) throws(RegistryError) -> DeviceIdentity? {
        try SQLiteIdentityStore.translated {
            try self.database.read { try IdentityRow.fetch(id, in: $0)?.identity }
        }
    }

    package func devices(after: String?, limit: Int) throws(RegistryError) -> [DeviceIdentity] {
        try SQLiteIdentityStore.translated {
            try self.database.read { database in
                try IdentityRow.fetchAll(
                    database,
                    sql: "SELECT * FROM identity WHERE device > ? AND module = '' ORDER BY device LIMIT ?",
                    arguments: [after ?? "", limit]
                ).compactMap(\.identity)
            }
        }
    }

    package func deviceCounts() throws(RegistryError) -> DeviceCounts {
        try SQLiteIdentityStore.translated {
            try self.database.read { database in
                let sql = "SELECT COUNT(*), COALESCE(SUM(status = 'enabled'), 0) FROM identity WHERE module = ''"
                let row = try Row.fetchOne(database, sql: sql)
                return DeviceCounts(total: row?[0] ?? 0, enabled: row?[1] ?? 0)
            }
        }
    }

    package func subscriptions(of id: IdentityID) throws(RegistryError) -> [String]? {
        try SQLiteIdentityStore.translated {
            try self.database.read { database in
                try String.fetchOne(
                    database,
                    sql: "SELECT subscriptions FROM session WHERE device = ? AND module = ?",
                    arguments: [id.device, id.module ?? ""]
                )?.split(separator: "\n").map(String.init)
            }
        }
    }

    package func save(subscriptions: [String]?, of id: IdentityID) throws(RegistryError) {
        try SQLiteIdentityStore.translated {
            try self.database.write { database in
                let key: StatementArguments = [id.device, id.module ?? ""]
                guard let subscriptions else {
                    try database.execute(sql: "DELETE FROM session WHERE device = ? AND module = ?", arguments: key)
                    return
                }
                // A topic filter never holds a control character [MQTT-1.5.3]; the lines are the list.
                // An identity deleted meanwhile gets no session that its successor would find.
                try database.execute(
                    sql: """
                        INSERT OR REPLACE INTO session (subscriptions, device, module)
                        SELECT ?, device, module FROM identity WHERE device = ? AND module = ?
                        """,
                    arguments: [subscriptions.joined(separator: "\n")] + key
                )
            }
        }
    }

    package func close() {
        // A pool that cannot close now is closed by its last reference; nothing is lost either way.
        try? self.database.close()
    }

    /// The place where database errors become registry errors.
    private static func translated<Value>(_ body: () throws -> Value) throws(RegistryError) -> Value {
        do {
            return try body()
        } catch let error as RegistryError {
            throw error
        } catch {
            throw .storage("\(error)")
        }
    }
}
