internal import DeviceRegistry
internal import TelemetryJSON
internal import TelemetryModel

/// A registration as JSON: what the device gets, and what the operator reads.
///
/// Source: contract provisioning section 3; the service's REST API "Device Registration State".
enum RegistrationDocument {
    /// The document; only the device's has the empty `x509` that clients expect there.
    static func make(_ registration: Registration, withDetails: Bool = false) -> JSONObject {
        var document: JSONObject = [
            "registrationId": .string(registration.registrationID),
            "createdDateTimeUtc": .string(registration.createdAt.description),
            "assignedHub": .string(registration.hubName), "deviceId": .string(registration.deviceID),
            "status": .string("assigned"), "substatus": .string(registration.substatus.rawValue),
            "lastUpdatedDateTimeUtc": .string(registration.updatedAt.description),
            "etag": .string(registration.etag),
        ]
        if withDetails {
            document.set("x509", to: .object([:]))
        } else if registration.enrollment.kind == .group {
            document.set("enrollmentGroupId", to: .string(registration.enrollment.key))
        }
        return document
    }
}
