internal import DeviceRegistry
internal import HubProtocol
internal import TwinModel

extension HubError {
    /// The contract's error for a refusal of enrollments and registrations.
    init(_ refusal: ProvisioningRefusal) {
        switch refusal {
        case .enrollmentExists(let reference):
            self.init(.enrollmentAlreadyExists, "the \(reference) exists already")
        case .enrollmentNotFound(let reference):
            self.init(.enrollmentNotFound, "there is no \(reference)")
        case .enrollmentChanged(let reference):
            self.init(.preconditionFailed, "the \(reference) has changed since: its etag is not the one of If-Match")
        case .tooManyGroups:
            self.init(.quotaExceeded, "there are \(ProvisioningLimits.groupsMax) enrollment groups, as many as may be")
        case .registrationNotFound(let id):
            self.init(.registrationNotFound, "there is no registration \(id)")
        case .registrationChanged(let id):
            self.init(.preconditionFailed, "the registration \(id) has changed: its etag is not the one of If-Match")
        case .notEntitled:
            self.init(.unauthorized, "Unauthorized")
        case .identityTaken(let id):
            self.init(.deviceAlreadyExists, "the device \(id) exists already and is not this enrollment's")
        case .registry(.nameTaken(let name)):
            self.init(.nameTaken, "“\(name)” is the name of an application")
        case .registry:
            self.init(.serverError, "the registry failed; the gateway's log says why")
        case .twin(let error):
            self.init(.argumentInvalid, "initialTwin: \(error)")
        }
    }
}
