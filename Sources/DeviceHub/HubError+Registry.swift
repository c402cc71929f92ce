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

    /// The contract's error for a refusal of the registry while the hub works with identities that exist.
    package init(registry error: RegistryError) {
        switch error {
        case .notFound(let id):
            self = .notFound(id)
        case .alreadyExists(let id):
            self.init(id.module == nil ? .deviceAlreadyExists : .moduleAlreadyExists, "\(id) exists already")
        case .preconditionFailed(let id):
            self.init(.preconditionFailed, "\(id) has changed since: its etag is not the one that was given")
        case .tooManyModules(let id):
            self.init(.tooManyModules, "the device \(id) has as many modules as one may have")
        case .applicationExists(let name), .applicationNotFound(let name), .applicationPreconditionFailed(let name),
            .nameTaken(let name):
            self.init(.nameTaken, "“\(name)” is the name of an application")
        case .storage:
            self.init(.serverError, "the registry failed; the gateway's log says why")
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

    /// Too much waits for the disk.
    static let backedUp = HubError(
        .throttled,
        "too many requests wait for the registry's disk; try again in a second",
        retryAfterSeconds: 1
    )
}
