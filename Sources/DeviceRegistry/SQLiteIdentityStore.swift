import GRDB
package import TelemetryModel

/// The registry in one SQLite file, WAL, `synchronous=FULL`: a change is on the disk when its call returns.
///
/// - A device is the row with module `''`; its modules sort behind it.
/// - No device and application have one name.
/// - Deleting a device deletes its modules and the twins and sessions of all of them, and its messages; deleting an
///   application its sessions.
/// - A change, the event that tells of it, and the index of the tags are one transaction.
/// - A session's number is never used again.
package final class SQLiteIdentityStore: IdentityStore {
    /// Modules of one device. Source: contract iothub-mqtt section 13.
    package static let modulesMax = 50

    /// Rows that one page of a query looks at: some tens of milliseconds.
    package static let queryRowsMaxDefault = 30_000

    let database: DatabasePool
    let queryRowsMax: Int
    let now: @Sendable () -> Timestamp

    /// Opens or makes the registry.
    ///
    /// - Parameters:
    ///   - path: the file; `-wal` and `-shm` stand beside it.
    ///   - queryRowsMax: rows that one page of a query looks at, unless the query is aggregated.
    ///   - now: wall time.
    /// - Throws: `RegistryError.storage`.
    package init(
        path: String,
        queryRowsMax: Int = SQLiteIdentityStore.queryRowsMaxDefault,
        now: @escaping @Sendable () -> Timestamp
    ) throws(RegistryError) {
        self.now = now
        self.queryRowsMax = queryRowsMax
        self.database = try SQLiteIdentityStore.translated {
            var configuration = Configuration()
            configuration.label = "registry"
            configuration.busyMode = .timeout(5)
            configuration.prepareDatabase { database in
                try database.execute(sql: "PRAGMA synchronous = FULL")
            }
            let database = try DatabasePool(path: path, configuration: configuration)
            try RegistryMigrations.migrator.migrate(database)
            return database
        }
    }

    package func apply(
        _ entries: [RegistryEntry]
    ) throws(RegistryError) -> [Result<EntryOutcome, EntryRefusal>] {
        let now = self.now()
        return try self.write { database in
            try entries.map { entry in
                do {
                    return .success(try SQLiteIdentityStore.carryOut(entry, at: now, in: database))
                } catch let refusal as EntryRefusal {
                    return .failure(refusal)
                } catch let error as RegistryError {
                    // A refusal is this entry's own outcome; a fault of the database undoes all of them.
                    if case .storage = error { throw error }
                    return .failure(.registry(error))
                }
            }
        }
    }

    @discardableResult
    package func apply(_ change: ApplicationChange) throws(RegistryError) -> ApplicationIdentity? {
        let now = self.now()
        return try self.write { try SQLiteIdentityStore.carryOut(change, at: now, in: $0) }
    }

    package func identity(_ id: IdentityID) throws(RegistryError) -> DeviceIdentity? {
        try self.read { database in
            try IdentityRow.fetch(id, in: database).map(SQLiteIdentityStore.identity)
        }
    }

    package func devices(after: String?, limit: Int) throws(RegistryError) -> [DeviceIdentity] {
        try self.read { database in
            try IdentityRow.fetchAll(
                database,
                sql: "SELECT * FROM identity WHERE device > ? AND module = '' ORDER BY device LIMIT ?",
                arguments: [after ?? "", limit]
            ).compactMap(\.identity)
        }
    }

    package func modules(of device: IdentityID) throws(RegistryError) -> [DeviceIdentity] {
        try self.read { database in
            try IdentityRow.fetchAll(
                database,
                sql: "SELECT * FROM identity WHERE device = ? AND module <> '' ORDER BY module",
                arguments: [device.device]
            ).compactMap(\.identity)
        }
    }

    package func deviceCounts() throws(RegistryError) -> DeviceCounts {
        try self.read { database in
            let sql = "SELECT COUNT(*), COALESCE(SUM(status = 'enabled'), 0) FROM identity WHERE module = ''"
            let row = try Row.fetchOne(database, sql: sql)
            return DeviceCounts(total: row?[0] ?? 0, enabled: row?[1] ?? 0)
        }
    }

    package func application(_ name: String) throws(RegistryError) -> ApplicationIdentity? {
        try self.read { database in
            guard let row = try ApplicationRow.fetch(name, in: database) else { return nil }
            guard let application = row.application else {
                throw RegistryError.storage(
                    "the row of application \(name) cannot be read: was the file written by a later version?"
                )
            }
            return application
        }
    }

    package func applications(after: String?, limit: Int) throws(RegistryError) -> [ApplicationIdentity] {
        try self.read { database in
            try ApplicationRow.fetchAll(
                database,
                sql: "SELECT * FROM application WHERE name > ? ORDER BY name LIMIT ?",
                arguments: [after ?? "", limit]
            ).compactMap(\.application)
        }
    }

    package func principals(withAnyOf thumbprints: [Thumbprint]) throws(RegistryError) -> [Principal] {
        try self.read { database in
            var found = [Principal]()
            for thumbprint in thumbprints {
                let devices = try Row.fetchAll(
                    database,
                    sql: """
                        SELECT device, module FROM identity WHERE kind = 'selfSigned' AND primaryThumbprint = ?1
                        UNION SELECT device, module FROM identity
                        WHERE kind = 'selfSigned' AND secondaryThumbprint = ?1 LIMIT 2
                        """,
                    arguments: [thumbprint.hex]
                )
                for row in devices {
                    let device: String = row[0]
                    let module: String = row[1]
                    if let id = IdentityID(device: device, module: module.isEmpty ? nil : module) {
                        found.append(.identity(id))
                    }
                }
                found += try String.fetchAll(
                    database,
                    sql: "SELECT name FROM application WHERE thumbprint = ? LIMIT 2",
                    arguments: [thumbprint.hex]
                ).map(Principal.application)
            }
            return Array(Set(found))
        }
    }

    package func close() {
        // A pool that cannot close now is closed by its last reference; nothing is lost either way.
        try? self.database.close()
    }

    func read<Value>(_ body: (Database) throws -> Value) throws(RegistryError) -> Value {
        try SQLiteIdentityStore.translated { try self.database.read(body) }
    }

    func write<Value>(_ body: (Database) throws -> Value) throws(RegistryError) -> Value {
        try SQLiteIdentityStore.translated { try self.database.write(body) }
    }

    /// The place where database errors become registry errors.
    static func translated<Value>(_ body: () throws -> Value) throws(RegistryError) -> Value {
        do {
            return try body()
        } catch let error as RegistryError {
            throw error
        } catch {
            throw .storage("\(error)")
        }
    }
}
