import TelemetryJSON
import TelemetryModel

extension HubEvent {
    /// What happened to an enrollment or a registration; the raw values are the events' `opType`.
    enum ProvisioningStep: String {
        case enrollmentCreated = "createEnrollment"
        case enrollmentUpdated = "updateEnrollment"
        case enrollmentDeleted = "deleteEnrollment"
        case registered = "deviceRegistered"
        case registrationDeleted = "deleteRegistration"
    }

    /// The event of an enrollment, without its keys.
    ///
    /// ```json
    /// {"enrollment":"group1","kind":"group","status":"enabled","by":"policy:iothubowner","at":"…"}
    /// ```
    static func enrollment(
        _ step: ProvisioningStep,
        _ enrollment: Enrollment,
        by author: String,
        at time: Timestamp
    ) -> HubEvent {
        self.provisioning(
            step,
            nil,
            [
                "enrollment": .string(enrollment.name), "kind": .string(enrollment.kind.rawValue),
                "status": .string(enrollment.isEnabled ? "enabled" : "disabled"),
            ],
            by: author,
            at: time
        )
    }

    /// The event of a registration, with the device's id as key.
    ///
    /// ```json
    /// {"deviceId":"dev1","registrationId":"dev1","enrollment":"group1","kind":"group","assignedHub":"hub.example.org",
    ///  "substatus":"initialAssignment","by":"dps:group1","at":"…"}
    /// ```
    static func registration(
        _ step: ProvisioningStep,
        _ registration: Registration,
        by author: String,
        at time: Timestamp
    ) -> HubEvent {
        self.provisioning(
            step,
            IdentityID(device: registration.deviceID),
            [
                "deviceId": .string(registration.deviceID), "registrationId": .string(registration.registrationID),
                "enrollment": .string(registration.enrollment.key),
                "kind": .string(registration.enrollment.kind.rawValue),
                "assignedHub": .string(registration.hubName), "substatus": .string(registration.substatus.rawValue),
            ],
            by: author,
            at: time
        )
    }

    private static func provisioning(
        _ step: ProvisioningStep,
        _ id: IdentityID?,
        _ members: JSONObject,
        by author: String,
        at time: Timestamp
    ) -> HubEvent {
        var body = members
        if !author.isEmpty { body.set("by", to: .string(author)) }
        body.set("at", to: .string(time.description))
        return HubEvent(
            topic: "lifecycle",
            source: "weirProvisioningEvents",
            schema: "weirProvisioningNotification",
            operation: step.rawValue,
            id: id,
            at: time,
            value: body.bytes
        )
    }
}
