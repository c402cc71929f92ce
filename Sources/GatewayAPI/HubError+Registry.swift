import DeviceHub
import DeviceRegistry
import HubProtocol
import TelemetryModel

extension HubError {
    /// The contract's error for a refusal of the registry.
    init(_ error: RegistryError) {
        switch error {
        case .alreadyExists(let id):
            self.init(
                id.module == nil ? .deviceAlreadyExists : .moduleAlreadyExists,
                "the \(id.module == nil ? "device" : "module") \(id) exists already"
            )
        case .notFound(let id):
            self.init(
                id.module == nil ? .deviceNotFound : .moduleNotFound,
                "there is no \(id.module == nil ? "device" : "module") \(id)"
            )
        case .preconditionFailed(let id):
            self.init(
                .preconditionFailed,
                "the \(id.module == nil ? "device" : "module") \(id) has changed since: "
                    + "its etag is not the one of If-Match"
            )
        case .tooManyModules(let id):
            self.init(
                .tooManyModules,
                "the device \(id) has \(SQLiteIdentityStore.modulesMax) modules, as many as one may have"
            )
        case .applicationExists(let name):
            self.init(.applicationAlreadyExists, "the application \(name) exists already")
        case .applicationNotFound(let name):
            self.init(.applicationNotFound, "there is no application \(name)")
        case .applicationPreconditionFailed(let name):
            self.init(
                .preconditionFailed,
                "the application \(name) has changed since: its etag is not the one of If-Match"
            )
        case .nameTaken(let name):
            self.init(
                .nameTaken,
                "“\(name)” is the name of a device or an application already: one user name, one owner"
            )
        case .storage:
            self.init(.serverError, "the registry failed; the gateway's log says why")
        }
    }

    /// The contract's error for a refused entry.
    init(_ refusal: EntryRefusal) {
        switch refusal {
        case .registry(let error): self.init(error)
        case .twin(let error): self.init(twin: error)
        }
    }
}
