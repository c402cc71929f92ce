import GRDB

extension SQLiteIdentityStore {
    /// Writes the registry as it is at one moment into a new file, while others read and change it.
    ///
    /// Source: SQLite, "Online Backup API".
    package func copy(to path: String) throws(RegistryError) {
        try SQLiteIdentityStore.translated {
            let copy = try DatabaseQueue(path: path)
            try self.database.backup(to: copy)
            try copy.close()
        }
    }
}
