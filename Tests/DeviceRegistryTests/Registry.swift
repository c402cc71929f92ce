import DeviceRegistry
import FoundationEssentials
import TelemetryModel

/// A store in a folder of its own, removed at the end.
final class Registry {
    let folder = FileManager.default.temporaryDirectory.appending(path: "weir-registry-\(UUID().uuidString)")
    let store: SQLiteIdentityStore

    init(queryRowsMax: Int = SQLiteIdentityStore.queryRowsMaxDefault) throws {
        try FileManager.default.createDirectory(at: self.folder, withIntermediateDirectories: true)
        self.store = try Registry.open(self.folder, queryRowsMax: queryRowsMax)
    }

    static func open(
        _ folder: URL,
        queryRowsMax: Int = SQLiteIdentityStore.queryRowsMaxDefault
    ) throws -> SQLiteIdentityStore {
        let path = folder.appending(path: "registry.sqlite").path()
        return try SQLiteIdentityStore(path: path, queryRowsMax: queryRowsMax) { Registry.now }
    }

    /// The refusal of `body`; `nil` when it was carried out.
    static func error(_ body: () throws(RegistryError) -> Void) -> RegistryError? {
        do throws(RegistryError) {
            try body()
            return nil
        } catch {
            return error
        }
    }

    deinit {
        self.store.close()
        try? FileManager.default.removeItem(at: self.folder)
    }
}
