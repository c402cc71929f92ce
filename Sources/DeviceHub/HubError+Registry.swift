package import DeviceRegistry
package import HubProtocol
package import TelemetryModel
package import TwinModel

extension HubError {
    /// There is no such device or module.
    package static func notFound(_ id: IdentityID) -> HubError {
        id.module == nil
            ? HubError(.deviceNotFound, "there is no device \(id)")
            : HubError(.moduleNotFound, "there is no module \(id)")
    }

    /// The contract's error for a refusal of the registry.
    package init(registry error: RegistryError) {
        switch error {
        case .notFound(let id):
            self = .notFound(id)
        case .alreadyExists(let id):
            self.init(
                id.module == nil ? .deviceAlreadyExists : .moduleAlreadyExists,
                "the \(HubError.noun(id)) \(id) exists already"
            )
        case .preconditionFailed(let id):
            self.init(
                .preconditionFailed,
                "the \(HubError.noun(id)) \(id) has changed since: its etag is not the one that was given"
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
                "the application \(name) has changed since: its etag is not the one that was given"
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
    package init(entry refusal: EntryRefusal) {
        switch refusal {
        case .registry(let error): self.init(registry: error)
        case .twin(let error): self.init(twin: error)
        }
    }

    /// The contract's error for a write of a twin that was refused.
    package init(twin refusal: TwinRefusal) {
        switch refusal {
        case .notFound(let id): self = .notFound(id)
        case .refused(let error): self.init(twin: error)
        }
    }

    /// The contract's error for content that a twin does not take.
    package init(twin error: TwinError) {
        let code: Code =
            switch error.status {
            case 412: .preconditionFailed
            case 413: .tooLarge
            default: .argumentInvalid
            }
        self.init(code, "\(error)")
    }

    private static func noun(_ id: IdentityID) -> String { id.module == nil ? "device" : "module" }

    /// Too much waits for the disk.
    static let backedUp = HubError(
        .throttled,
        "too many requests wait for the registry's disk; try again in a second",
        retryAfterSeconds: 1
    )
}
