internal import DeviceRegistry
internal import HubProtocol
internal import TelemetryJSON
internal import TelemetryModel

/// An answer of the provisioning service to a device: a status for the topic and a JSON body.
///
/// Source: contract provisioning sections 3 and 4.
package struct ProvisioningAnswer: Equatable, Sendable {
    /// As in HTTP.
    package var status: Int
    /// Whole seconds after which the client is to ask again; `nil` when it need not.
    package var retryAfterSeconds: Int?
    /// JSON.
    package var body: [UInt8]

    /// A device was assigned. It is the answer to the first request: one round trip is enough.
    static func assigned(_ registration: Registration, operation: String) -> ProvisioningAnswer {
        let state = RegistrationDocument.make(registration, withDetails: true)
        let body: JSONObject = [
            "operationId": .string(operation), "status": .string("assigned"), "registrationState": .object(state),
        ]
        return ProvisioningAnswer(status: 200, body: body.bytes)
    }

    /// The registration is in work.
    static func assigning(_ id: RegistrationID, operation: String) -> ProvisioningAnswer {
        let state: JSONObject = ["registrationId": .string(id.text), "status": .string("assigning")]
        let body: JSONObject = [
            "operationId": .string(operation), "status": .string("assigning"), "registrationState": .object(state),
        ]
        return ProvisioningAnswer(status: 202, retryAfterSeconds: 1, body: body.bytes)
    }

    /// A device that has proven itself gets no identity: its program sees the sentence.
    static func failed(_ id: RegistrationID, _ reason: String, operation: String) -> ProvisioningAnswer {
        let state: JSONObject = [
            "registrationId": .string(id.text), "status": .string("failed"), "errorCode": .integer(409_000),
            "errorMessage": .string(reason),
        ]
        let body: JSONObject = [
            "operationId": .string(operation), "status": .string("failed"), "registrationState": .object(state),
        ]
        return ProvisioningAnswer(status: 200, body: body.bytes)
    }

    /// A refused request.
    static func refused(_ error: HubError, tracking: String, at now: Timestamp) -> ProvisioningAnswer {
        let body: JSONObject = [
            "errorCode": .integer(Int64(error.code.number)), "trackingId": .string(tracking),
            "message": .string(error.message), "timestampUtc": .string(now.description),
        ]
        return ProvisioningAnswer(
            status: error.code.status,
            retryAfterSeconds: error.retryAfterSeconds,
            body: body.bytes
        )
    }
}
