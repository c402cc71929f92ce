import TelemetryJSON
import TelemetryModel
import TwinModel

extension HubEvent {
    /// What happened to an identity; the raw values are the events' `opType`.
    enum LifecycleStep: String {
        case created = "createDeviceIdentity"
        case deleted = "deleteDeviceIdentity"
    }

    /// The event of a made or deleted identity: its twin, and beside it one member `change` with who and when.
    ///
    /// ```json
    /// {"deviceId":"dev1","etag":"AAAAAAAAAAE=","version":2,"properties":{…},
    ///  "change":{"by":"policy:iothubowner","at":"2026-11-21T03:51:17.205Z"}}
    /// ```
    static func lifecycle(
        _ step: LifecycleStep,
        _ id: IdentityID,
        twin: Twin,
        by author: String,
        at time: Timestamp
    ) -> HubEvent {
        var body = twin.eventView(of: id)
        var change: JSONObject = ["at": .string(time.description)]
        if !author.isEmpty { change.set("by", to: .string(author)) }
        body.set("change", to: .object(change))
        return HubEvent(
            topic: "lifecycle",
            source: "deviceLifecycleEvents",
            schema: "deviceLifecycleNotification",
            operation: step.rawValue,
            id: id,
            at: time,
            value: body.bytes
        )
    }

    /// The event of a changed twin; see `TwinRecord`.
    static func twinChange(
        _ change: TwinChange,
        of id: IdentityID,
        leadingTo twin: Twin,
        by author: String
    ) -> HubEvent {
        HubEvent(
            topic: "twin-changes",
            source: "twinChangeEvents",
            schema: "twinChangeNotification",
            operation: change.operation,
            id: id,
            at: change.at,
            value: TwinRecord(author: author, change: change).value(of: id, after: twin)
        )
    }

    /// What happened to a message; the raw values are the events' `opType`.
    enum MessageStep: String {
        case enqueued = "enqueueMessage"
        case completed = "completeMessage"
        case rejected = "rejectMessage"
        case expired = "expireMessage"
        case deadLettered = "deadLetterMessage"
        case purged = "purgeMessage"

        init(_ outcome: MessageOutcome) {
            self =
                switch outcome {
                case .completed: .completed
                case .expired: .expired
                case .deliveryCountExceeded: .deadLettered
                case .rejected: .rejected
                case .purged: .purged
                }
        }
    }

    /// The event of a cloud-to-device message, without its payload.
    ///
    /// ```json
    /// {"deviceId":"dev1","messageId":"m9","by":"policy:service","number":17,"enqueuedTime":"…","expiryTime":"…",
    ///  "deliveryCount":0,"payloadBytes":9}
    /// ```
    static func message(
        _ step: MessageStep,
        _ message: StoredMessage,
        by author: String,
        at time: Timestamp
    ) -> HubEvent {
        var body: JSONObject = ["deviceId": .string(message.device.device)]
        if let id = message.messageID { body.set("messageId", to: .string(id)) }
        if let id = message.correlationID { body.set("correlationId", to: .string(id)) }
        if !author.isEmpty { body.set("by", to: .string(author)) }
        body.set("number", to: .integer(message.number))
        body.set("enqueuedTime", to: .string(message.enqueuedAt.description))
        body.set("expiryTime", to: .string(message.expiresAt.description))
        body.set("deliveryCount", to: .integer(Int64(message.deliveryCount)))
        body.set("payloadBytes", to: .integer(Int64(message.payload.count)))
        return HubEvent(
            topic: "commands",
            source: "cloudToDeviceMessageEvents",
            schema: "cloudToDeviceMessageNotification",
            operation: step.rawValue,
            id: message.device,
            at: time,
            value: body.bytes
        )
    }
}
