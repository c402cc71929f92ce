import GRDB
package import TelemetryModel

extension SQLiteIdentityStore {
    package func sessions() throws(RegistryError) -> [StoredSession] {
        try self.read { database in
            try SessionRow.fetchAll(database, sql: "SELECT * FROM session ORDER BY number").compactMap(\.session)
        }
    }

    package func session(of principal: Principal, clientID: String) throws(RegistryError) -> StoredSession? {
        try self.read { database in
            try SessionRow.fetchOne(
                try database.cachedStatement(sql: "SELECT * FROM session WHERE principal = ? AND clientID = ?"),
                arguments: [principal.description, clientID]
            )?.session
        }
    }

    package func makeSession(
        of principal: Principal,
        clientID: String,
        expirySeconds: UInt32
    ) throws(RegistryError) -> StoredSession? {
        try self.write { database in
            guard try SQLiteIdentityStore.exists(principal, in: database) else { return nil }
            // REPLACE gives the row a new number.
            try database.cachedStatement(
                sql: """
                    INSERT OR REPLACE INTO session (principal, clientID, expirySeconds, subscriptions)
                    VALUES (?, ?, ?, '[]')
                    """
            ).execute(arguments: [principal.description, clientID, Int64(expirySeconds)])
            return StoredSession(
                number: database.lastInsertedRowID,
                principal: principal,
                clientID: clientID,
                expirySeconds: expirySeconds,
                subscriptions: "[]"
            )
        }
    }

    package func apply(_ changes: [SessionChange]) throws(RegistryError) {
        try self.write { database in
            for change in changes {
                switch change {
                case .subscriptions(let number, let text):
                    try database.cachedStatement(sql: "UPDATE session SET subscriptions = ? WHERE number = ?")
                        .execute(arguments: [text, number])
                case .expirySeconds(let number, let seconds):
                    try database.cachedStatement(sql: "UPDATE session SET expirySeconds = ? WHERE number = ?")
                        .execute(arguments: [Int64(seconds), number])
                case .disconnected(let number, let time):
                    try database.cachedStatement(
                        sql: "UPDATE session SET disconnectedMilliseconds = ? WHERE number = ?"
                    ).execute(arguments: [time?.milliseconds, number])
                case .delete(let number):
                    try database.cachedStatement(sql: "DELETE FROM session WHERE number = ?")
                        .execute(arguments: [number])
                }
            }
        }
    }

    /// Deletes the sessions of a principal, of a device those of its modules too.
    static func deleteSessions(of principal: Principal, in database: Database) throws {
        try database.execute(sql: "DELETE FROM session WHERE principal = ?", arguments: [principal.description])
        guard case .identity(let id) = principal, id.module == nil else { return }
        // `0` is the character behind `/`: a range, because the wildcards of LIKE may stand in ids.
        try database.execute(
            sql: "DELETE FROM session WHERE principal >= ? AND principal < ?",
            arguments: ["\(id.device)/", "\(id.device)0"]
        )
    }

    private static func exists(_ principal: Principal, in database: Database) throws -> Bool {
        switch principal {
        case .identity(let id):
            try IdentityRow.fetch(id, in: database) != nil
        case .application(ApplicationIdentity.anonymousName):
            true
        case .application(let name):
            try ApplicationRow.fetch(name, in: database) != nil
        case .registration:
            false  // it never has a session
        }
    }
}
